import { z } from "zod";
import type { Contingency } from "#shared/domain/order.ts";
import { checkOcoPair, type Leg, legOf, legParameters } from "./order-list-legs.ts";
import * as p from "./parameters.ts";

/** A new order list as its parameters describe it; its orders in list order. */
export interface NewOrderList {
  readonly symbol: string;
  readonly listClientOrderId: string | undefined;
  readonly contingency: Contingency;
  readonly legs: readonly Leg[];
}

const common = {
  symbol: p.symbol,
  listClientOrderId: p
    .clientOrderId("Of the list. May not repeat within 24 h. Made up if not sent.")
    .optional(),
  newOrderRespType: p.oneOf(["ACK", "RESULT", "FULL"], "Of each order's report. Default RESULT.").optional(),
  selfTradePreventionMode: p.selfTradePreventionMode.optional(),
};
const workingType = p.oneOf(["LIMIT", "LIMIT_MAKER"], "LIMIT or LIMIT_MAKER.");
const quantity = p.decimal("Of the base asset.");
const working = { ...legParameters("working", { side: p.side, quantity }), workingType };

export const newOco = z.object({
  ...common,
  side: p.side,
  quantity: p.decimal("Of both orders."),
  ...legParameters("above"),
  ...legParameters("below"),
});

export const newOto = z.object({
  ...common,
  ...working,
  ...legParameters("pending", { side: p.side, quantity }),
});

export const newOtoco = z.object({
  ...common,
  ...working,
  pendingSide: p.side,
  pendingQuantity: p.decimal("Of both pending orders."),
  ...legParameters("pendingAbove"),
  ...legParameters("pendingBelow"),
});

/** Binance's older form of an OCO: a LIMIT_MAKER order and a stop loss. */
export const oldOco = z.object({
  ...common,
  side: p.side,
  quantity: p.decimal("Of both orders."),
  limitClientOrderId: p.clientOrderId("Of the LIMIT_MAKER order. Made up if not sent.").optional(),
  price: p.decimal("Of the LIMIT_MAKER order."),
  limitIcebergQty: p.decimal("Makes the LIMIT_MAKER order an iceberg.").optional(),
  stopClientOrderId: p.clientOrderId("Of the stop loss. Made up if not sent.").optional(),
  stopPrice: p.decimal("Of the stop loss; this or trailingDelta.").optional(),
  trailingDelta: p.integer("Of the stop loss, in hundredths of a percent.").optional(),
  stopLimitPrice: p.decimal("Makes the stop loss a STOP_LOSS_LIMIT; needs stopLimitTimeInForce.").optional(),
  stopIcebergQty: p.decimal("Makes the STOP_LOSS_LIMIT an iceberg.").optional(),
  stopLimitTimeInForce: p.timeInForce.optional(),
});

/** Throws what {@link checkOcoPair} throws. */
export function ocoOf(parameters: z.output<typeof newOco>): NewOrderList {
  const { side, quantity, selfTradePreventionMode } = parameters;
  const shared = { side, quantity, selfTradePreventionMode };
  const names = { side: "side", quantity: "quantity" };
  const above = legOf(parameters, "above", shared, names);
  const below = legOf(parameters, "below", shared, names);
  checkOcoPair(above, below);
  return { ...listOf(parameters), contingency: "OCO", legs: [above, below] };
}

export function otoOf(parameters: z.output<typeof newOto>): NewOrderList {
  const { selfTradePreventionMode } = parameters;
  const first = legOf(parameters, "working", { selfTradePreventionMode });
  const second = legOf(parameters, "pending", { selfTradePreventionMode });
  return { ...listOf(parameters), contingency: "OTO", legs: [first, second] };
}

/** Throws what {@link checkOcoPair} throws. */
export function otocoOf(parameters: z.output<typeof newOtoco>): NewOrderList {
  const { pendingSide: side, pendingQuantity, selfTradePreventionMode } = parameters;
  const shared = { side, quantity: pendingQuantity, selfTradePreventionMode };
  const names = { side: "pendingSide", quantity: "pendingQuantity" };
  const first = legOf(parameters, "working", { selfTradePreventionMode });
  const above = legOf(parameters, "pendingAbove", shared, names);
  const below = legOf(parameters, "pendingBelow", shared, names);
  checkOcoPair(above, below);
  return { ...listOf(parameters), contingency: "OTOCO", legs: [first, above, below] };
}

/** The limit order of a sell is above its stop, that of a buy below. */
export function oldOcoOf(parameters: z.output<typeof oldOco>): NewOrderList {
  const { side, quantity, selfTradePreventionMode, stopLimitPrice } = parameters;
  const shared = { side, quantity, selfTradePreventionMode };
  const limit: Leg = {
    fields: {
      ...shared,
      type: "LIMIT_MAKER",
      price: parameters.price,
      icebergQty: parameters.limitIcebergQty,
    },
    clientOrderId: parameters.limitClientOrderId,
    nameOf: (field) => (field === "icebergQty" ? "limitIcebergQty" : field),
  };
  const stopNames: Readonly<Record<string, string>> = {
    price: "stopLimitPrice",
    timeInForce: "stopLimitTimeInForce",
    icebergQty: "stopIcebergQty",
  };
  const stop: Leg = {
    fields: {
      ...shared,
      type: stopLimitPrice === undefined ? "STOP_LOSS" : "STOP_LOSS_LIMIT",
      price: stopLimitPrice,
      timeInForce: parameters.stopLimitTimeInForce,
      stopPrice: parameters.stopPrice,
      trailingDelta: parameters.trailingDelta,
      icebergQty: parameters.stopIcebergQty,
    },
    clientOrderId: parameters.stopClientOrderId,
    nameOf: (field) => stopNames[field] ?? field,
  };
  const [above, below] = side === "SELL" ? [limit, stop] : [stop, limit];
  checkOcoPair(above, below);
  return { ...listOf(parameters), contingency: "OCO", legs: [above, below] };
}

function listOf({ symbol, listClientOrderId }: { symbol: string; listClientOrderId?: string | undefined }) {
  return { symbol, listClientOrderId };
}
