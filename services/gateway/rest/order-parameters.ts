import { z } from "zod";
import { CANCEL_RESTRICTIONS } from "#shared/domain/command.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import * as p from "./parameters.ts";

const unused = p.decimal("Strategies are not kept: refused.").optional();

/** What describes an order, alone or as a part of an order list; a part has its own prefix before each name. */
export const orderFields = {
  timeInForce: p.timeInForce
    .optional()
    .describe(
      "Mandatory for LIMIT, STOP_LOSS_LIMIT and TAKE_PROFIT_LIMIT. GTD (Meridian's own) needs goodTillDate.",
    ),
  price: p.decimal("For the types with LIMIT in their name.").optional(),
  stopPrice: p
    .decimal("Of STOP_LOSS… and TAKE_PROFIT…: the trade price that triggers it, or from which it trails.")
    .optional(),
  trailingDelta: p
    .integer("Of STOP_LOSS… and TAKE_PROFIT…: how far the price must turn, in hundredths of a percent.")
    .optional(),
  icebergQty: p
    .decimal("How much of a resting order the book shows at a time; with GTC or GTD, less than the quantity.")
    .optional(),
  goodTillDate: p.integer("Meridian's own: with timeInForce GTD, when it expires. Epoch ms.").optional(),
  strategyId: unused,
  strategyType: unused,
};

export const responseType = p.oneOf(
  ["ACK", "RESULT", "FULL"],
  "Default FULL for LIMIT and MARKET, ACK for others.",
);

/** The parameters of a new order. */
export const newOrder = z.object({
  symbol: p.symbol,
  side: p.side,
  type: p.orderType,
  ...orderFields,
  quantity: p.decimal("Of the base asset. Mandatory but for MARKET by quoteOrderQty.").optional(),
  quoteOrderQty: p
    .decimal("MARKET only: what to spend (BUY) or to receive (SELL) of the quote asset.")
    .optional(),
  newClientOrderId: p.clientOrderId("May not repeat within 24 h. Made up if not sent.").optional(),
  newOrderRespType: responseType.optional(),
  selfTradePreventionMode: p.selfTradePreventionMode.optional(),
});
export type NewOrder = z.output<typeof newOrder>;

/** What names one order: `orderId`, `origClientOrderId`, or both, which must then fit together. */
export const orderName = {
  orderId: p.integer("The order's id; this or origClientOrderId.").optional(),
  origClientOrderId: p.clientOrderId("The order's client order id.").optional(),
};

export const cancelRestrictions = z
  .enum(CANCEL_RESTRICTIONS.slice(1) as ["ONLY_NEW", "ONLY_PARTIALLY_FILLED"], "INVALID_CANCEL_RESTRICTIONS")
  .describe("Cancel only an order in this status.");

/** What names one order list. */
export const orderListName = {
  orderListId: p.integer("The list's id; this or its client order id.").optional(),
  listClientOrderId: p.clientOrderId("The list's client order id.").optional(),
};

/** Throws MANDATORY_EITHER unless one of two parameters was sent. */
export function checkEitherSent<Name extends string>(
  sent: { readonly [name in Name]?: unknown },
  first: Name,
  second: Name,
): void {
  if (sent[first] !== undefined || sent[second] !== undefined) return;
  throw new ApiError("MANDATORY_EITHER", { field: first, details: [second, first] });
}

/** Throws MANDATORY_EITHER. */
export function checkOrderName(sent: {
  orderId?: number | undefined;
  origClientOrderId?: string | undefined;
}): void {
  checkEitherSent(sent, "orderId", "origClientOrderId");
}
