import { z } from "zod";
import type { PlaceOrder } from "#shared/domain/command.ts";
import type { AccountId, OrderId } from "#shared/domain/ids.ts";
import { parseAmount, parsePrice, parseQuantity, type UnitsResult } from "#shared/domain/market-units.ts";
import { ApiError, type ErrorName } from "#shared/protocol/errors.ts";
import type { MarketTerms } from "./find-market.ts";
import * as p from "./parameters.ts";

const unused = p.decimal("For order types that the engine does not have: refused.").optional();

/** The parameters of a new order. */
export const newOrder = z.object({
  symbol: p.symbol,
  side: p.side,
  type: p.orderType,
  timeInForce: p.timeInForce.optional().describe("LIMIT only, mandatory there."),
  quantity: p.decimal("Of the base asset. Mandatory but for MARKET by quoteOrderQty.").optional(),
  quoteOrderQty: p
    .decimal("MARKET only: what to spend (BUY) or to receive (SELL) of the quote asset.")
    .optional(),
  price: p.decimal("LIMIT and LIMIT_MAKER.").optional(),
  newClientOrderId: p.clientOrderId("May not repeat within 24 h. Made up if not sent.").optional(),
  newOrderRespType: p
    .oneOf(["ACK", "RESULT", "FULL"], "Default FULL for LIMIT and MARKET, ACK for LIMIT_MAKER.")
    .optional(),
  selfTradePreventionMode: p.selfTradePreventionMode.optional(),
  icebergQty: unused,
  stopPrice: unused,
  trailingDelta: unused,
  strategyId: unused,
  strategyType: unused,
});
export type NewOrder = z.output<typeof newOrder>;

type Field = "price" | "quantity" | "quoteOrderQty" | "timeInForce";

/** Which of these a type must have, and which it may. */
const FIELDS = {
  LIMIT: { must: ["timeInForce", "quantity", "price"], may: [] },
  LIMIT_MAKER: { must: ["quantity", "price"], may: [] },
  MARKET: { must: [], may: ["quantity", "quoteOrderQty"] },
} as const satisfies Record<NewOrder["type"], { must: readonly Field[]; may: readonly Field[] }>;

export interface OrderIdentity {
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly clientOrderId: string;
}

/**
 * The command that a new order's parameters mean. Throws MANDATORY_PARAM, MANDATORY_EITHER, PARAM_NOT_REQUIRED, BAD_COMBINATION,
 * ICEBERG_UNSUPPORTED, BAD_PRECISION, FILTER_PRICE, FILTER_LOT_SIZE, FILTER_NOTIONAL.
 */
export function placeOrderCommand(order: NewOrder, terms: MarketTerms, identity: OrderIdentity): PlaceOrder {
  checkFields(order);
  const { market, base, quote } = terms;
  const { price, quantity, quoteOrderQty } = order;
  return {
    kind: "PlaceOrder",
    ...identity,
    market: market.id,
    side: order.side,
    type: order.type,
    timeInForce: order.type === "MARKET" ? "IOC" : (order.timeInForce ?? "GTC"),
    price: price === undefined ? 0 : positive(parsePrice(market, price), "price", "FILTER_PRICE"),
    quantity:
      quantity === undefined
        ? 0
        : positive(parseQuantity(market, base, quantity), "quantity", "FILTER_LOT_SIZE"),
    quoteQuantity:
      quoteOrderQty === undefined
        ? 0
        : positive(parseAmount(quote, quoteOrderQty), "quoteOrderQty", "FILTER_NOTIONAL"),
    selfTradePrevention: order.selfTradePreventionMode ?? market.defaultSelfTradePrevention,
  };
}

function checkFields(order: NewOrder): void {
  const must: readonly string[] = FIELDS[order.type].must;
  const may: readonly string[] = FIELDS[order.type].may;
  for (const field of ["timeInForce", "quantity", "price", "quoteOrderQty"] as const) {
    const isSent = order[field] !== undefined;
    if (!isSent && must.includes(field)) throw new ApiError("MANDATORY_PARAM", { field });
    if (isSent && !must.includes(field) && !may.includes(field))
      throw new ApiError("PARAM_NOT_REQUIRED", { field });
  }
  if (order.icebergQty !== undefined) throw new ApiError("ICEBERG_UNSUPPORTED", { field: "icebergQty" });
  for (const field of ["stopPrice", "trailingDelta", "strategyId", "strategyType"] as const) {
    if (order[field] !== undefined) throw new ApiError("PARAM_NOT_REQUIRED", { field });
  }
  if (order.type !== "MARKET") return;
  const { quantity, quoteOrderQty } = order;
  if (quantity === undefined && quoteOrderQty === undefined) {
    throw new ApiError("MANDATORY_EITHER", { field: "quantity", details: ["quantity", "quoteOrderQty"] });
  }
  if (quantity !== undefined && quoteOrderQty !== undefined) throw new ApiError("BAD_COMBINATION");
}

/** Whole, positive units, or the refusal that fits: zero and what lies between two steps fail the filter. */
export function positive(parsed: UnitsResult, field: string, filter: ErrorName): number {
  if (parsed.ok && parsed.units > 0) return parsed.units;
  if (!parsed.ok && parsed.error === "too-precise") throw new ApiError("BAD_PRECISION", { field });
  throw new ApiError(filter, { field });
}

/** What names one order: `orderId`, `origClientOrderId`, or both, which must then fit together. */
export const orderName = {
  orderId: p.integer("The order's id; this or origClientOrderId.").optional(),
  origClientOrderId: p.clientOrderId("The order's client order id.").optional(),
};

/** Throws MANDATORY_EITHER. */
export function checkOrderName(sent: {
  orderId?: number | undefined;
  origClientOrderId?: string | undefined;
}): void {
  if (sent.orderId !== undefined || sent.origClientOrderId !== undefined) return;
  throw new ApiError("MANDATORY_EITHER", { field: "orderId", details: ["origClientOrderId", "orderId"] });
}
