import type { OrderId } from "#shared/domain/ids.ts";
import { parseAmount, parsePrice, parseQuantity, type UnitsResult } from "#shared/domain/market-units.ts";
import {
  isAlgo,
  isMarketType,
  type OrderTerms,
  type OrderType,
  type SelfTradePrevention,
  type Side,
  type TimeInForce,
} from "#shared/domain/order.ts";
import { ApiError, type ErrorName } from "#shared/protocol/errors.ts";
import type { MarketTerms } from "./find-market.ts";

/** An order as a client describes it: alone, or as a part of an order list. Decimals are texts. */
export interface OrderFields {
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce?: TimeInForce | undefined;
  readonly quantity?: string | undefined;
  readonly quoteOrderQty?: string | undefined;
  readonly price?: string | undefined;
  readonly stopPrice?: string | undefined;
  readonly trailingDelta?: number | undefined;
  readonly icebergQty?: string | undefined;
  readonly goodTillDate?: number | undefined;
  readonly strategyId?: string | undefined;
  readonly strategyType?: string | undefined;
  readonly selfTradePreventionMode?: SelfTradePrevention | undefined;
}

type Field = Exclude<keyof OrderFields, "side" | "type" | "selfTradePreventionMode">;

/** In the order in which they are looked at. */
const FIELDS = [
  "timeInForce",
  "quantity",
  "price",
  "quoteOrderQty",
  "icebergQty",
  "stopPrice",
  "trailingDelta",
  "goodTillDate",
  "strategyId",
  "strategyType",
] as const satisfies readonly Field[];

/** Which of these a type must have, and which it may. `timeInForce` and `goodTillDate` have rules of their own besides. */
const OF_TYPE: Record<OrderType, { readonly must: readonly Field[]; readonly may: readonly Field[] }> = {
  LIMIT: { must: ["timeInForce", "quantity", "price"], may: ["icebergQty"] },
  LIMIT_MAKER: { must: ["quantity", "price"], may: ["icebergQty"] },
  MARKET: { must: [], may: ["quantity", "quoteOrderQty"] },
  STOP_LOSS: { must: ["quantity"], may: ["stopPrice", "trailingDelta"] },
  TAKE_PROFIT: { must: ["quantity"], may: ["stopPrice", "trailingDelta"] },
  STOP_LOSS_LIMIT: {
    must: ["timeInForce", "quantity", "price"],
    may: ["stopPrice", "trailingDelta", "icebergQty"],
  },
  TAKE_PROFIT_LIMIT: {
    must: ["timeInForce", "quantity", "price"],
    may: ["stopPrice", "trailingDelta", "icebergQty"],
  },
};

/** Beyond it no filter can allow a trailing delta: the trigger would be at zero. BIPS. */
const MAX_TRAILING_DELTA = 9999;

/**
 * The terms that an order's fields mean. Throws MANDATORY_PARAM, MANDATORY_EITHER, PARAM_NOT_REQUIRED, BAD_COMBINATION, BAD_PRECISION,
 * ICEBERG_EXCEEDS_QUANTITY, FILTER_PRICE, FILTER_LOT_SIZE, FILTER_NOTIONAL, FILTER_TRAILING_DELTA.
 *
 * @param nameOf what the client calls a field: `abovePrice` for the `price` of an order that is above another
 */
export function orderTerms(
  order: OrderFields,
  { market, base, quote }: MarketTerms,
  identity: { readonly orderId: OrderId; readonly clientOrderId: string },
  nameOf: (field: Field) => string = (field) => field,
): OrderTerms {
  checkFields(order, nameOf);
  const price = (field: "price" | "stopPrice") =>
    units(order[field], nameOf(field), "FILTER_PRICE", (text) => parsePrice(market, text));
  const lots = (field: "quantity" | "icebergQty") =>
    units(order[field], nameOf(field), "FILTER_LOT_SIZE", (text) => parseQuantity(market, base, text));
  const terms: OrderTerms = {
    ...identity,
    side: order.side,
    type: order.type,
    timeInForce: isMarketType(order.type) ? "IOC" : (order.timeInForce ?? "GTC"),
    price: price("price"),
    quantity: lots("quantity"),
    quoteQuantity: units(order.quoteOrderQty, nameOf("quoteOrderQty"), "FILTER_NOTIONAL", (text) =>
      parseAmount(quote, text),
    ),
    stopPrice: price("stopPrice"),
    trailingDelta: trailingDelta(order.trailingDelta, nameOf("trailingDelta")),
    icebergQuantity: lots("icebergQty"),
    goodTillDate: order.goodTillDate ?? 0,
    selfTradePrevention: order.selfTradePreventionMode ?? market.defaultSelfTradePrevention,
  };
  if (terms.icebergQuantity > 0 && terms.icebergQuantity >= terms.quantity) {
    throw new ApiError("ICEBERG_EXCEEDS_QUANTITY", { field: nameOf("icebergQty") });
  }
  return terms;
}

function checkFields(order: OrderFields, nameOf: (field: Field) => string): void {
  const { must, may } = OF_TYPE[order.type];
  for (const field of FIELDS) {
    const isSent = order[field] !== undefined;
    if (!isSent && must.includes(field)) throw new ApiError("MANDATORY_PARAM", { field: nameOf(field) });
    if (!isSent || must.includes(field)) continue;
    if (!may.includes(field) && !isOfGoodTillDate(order, field)) {
      throw new ApiError("PARAM_NOT_REQUIRED", { field: nameOf(field) });
    }
  }
  if (order.timeInForce === "GTD" && order.goodTillDate === undefined) {
    throw new ApiError("MANDATORY_PARAM", { field: nameOf("goodTillDate") });
  }
  // What does not rest in the book has nothing to hide there.
  if (order.icebergQty !== undefined && (order.timeInForce === "IOC" || order.timeInForce === "FOK")) {
    throw new ApiError("PARAM_NOT_REQUIRED", { field: nameOf("icebergQty") });
  }
  if (order.type === "MARKET") checkEither(order, "quantity", "quoteOrderQty", nameOf);
  else if (isAlgo(order.type)) checkEither(order, "stopPrice", "trailingDelta", nameOf);
  if (order.type === "MARKET" && order.quantity !== undefined && order.quoteOrderQty !== undefined)
    throw new ApiError("BAD_COMBINATION");
}

/** Meridian's own: `goodTillDate` goes with `timeInForce` GTD, which LIMIT_MAKER may have too. */
function isOfGoodTillDate({ type, timeInForce }: OrderFields, field: Field): boolean {
  if (field !== "goodTillDate" && field !== "timeInForce") return false;
  return timeInForce === "GTD" && !isMarketType(type);
}

function checkEither(order: OrderFields, a: Field, b: Field, nameOf: (field: Field) => string): void {
  if (order[a] !== undefined || order[b] !== undefined) return;
  throw new ApiError("MANDATORY_EITHER", { field: nameOf(a), details: [nameOf(a), nameOf(b)] });
}

function units(
  text: string | undefined,
  field: string,
  filter: ErrorName,
  parse: (text: string) => UnitsResult,
): number {
  return text === undefined ? 0 : positive(parse(text), field, filter);
}

/** Whole, positive units, or the refusal that fits: zero and what lies between two steps fail the filter. */
export function positive(parsed: UnitsResult, field: string, filter: ErrorName): number {
  if (parsed.ok && parsed.units > 0) return parsed.units;
  if (!parsed.ok && parsed.error === "too-precise") throw new ApiError("BAD_PRECISION", { field });
  throw new ApiError(filter, { field });
}

function trailingDelta(bips: number | undefined, field: string): number {
  if (bips === undefined) return 0;
  if (bips < 1 || bips > MAX_TRAILING_DELTA) throw new ApiError("FILTER_TRAILING_DELTA", { field });
  return bips;
}
