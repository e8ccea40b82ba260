import type { z } from "zod";
import type { OrderType } from "#shared/domain/order.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { orderFields } from "./order-parameters.ts";
import type { OrderFields } from "./order-terms.ts";
import * as p from "./parameters.ts";

/** The parameters of one order of a list. */
const LEG = {
  type: p.orderType,
  clientOrderId: p.clientOrderId("Of this order. Made up if not sent.").optional(),
  ...orderFields,
};

type Shape = Readonly<Record<string, z.ZodType>>;
type Prefixed<P extends string, S> = { [K in keyof S & string as `${P}${Capitalize<K>}`]: S[K] };

/** `abovePrice` of "above" and "price". */
export function prefixed(prefix: string, name: string): string {
  return prefix + name.charAt(0).toUpperCase() + name.slice(1);
}

/** The parameters of an order of a list, each with the prefix that tells which one it is. */
export function legParameters<P extends string>(prefix: P): Prefixed<P, typeof LEG>;
export function legParameters<P extends string, S extends Shape>(
  prefix: P,
  more: S,
): Prefixed<P, typeof LEG & S>;
export function legParameters(prefix: string, more: Shape = {}): Shape {
  const all = Object.entries({ ...LEG, ...more });
  return Object.fromEntries(all.map(([name, schema]) => [prefixed(prefix, name), schema]));
}

/** One order of a list as its parameters describe it. */
export interface Leg {
  readonly fields: OrderFields;
  readonly clientOrderId: string | undefined;
  /** What the client calls a field of it. */
  nameOf(field: string): string;
}

/** Reads an order of a list; what is common to several orders (`side`, `quantity`) comes from `common` with its own names. */
export function legOf(
  parameters: Readonly<Record<string, unknown>>,
  prefix: string,
  common: Partial<OrderFields>,
  commonNames: Readonly<Record<string, string>> = {},
): Leg {
  const nameOf = (field: string) => commonNames[field] ?? prefixed(prefix, field);
  const own = [...Object.keys(LEG), "side", "quantity"].map((name) => [
    name,
    parameters[prefixed(prefix, name)],
  ]);
  const { clientOrderId, ...fields } = Object.fromEntries(own.filter(([, value]) => value !== undefined));
  return {
    fields: { ...common, ...fields } as OrderFields,
    clientOrderId: clientOrderId as string | undefined,
    nameOf,
  };
}

const isLimit = (type: OrderType) => type === "LIMIT_MAKER";
const isStopLoss = (type: OrderType) => type === "STOP_LOSS" || type === "STOP_LOSS_LIMIT";
const isTakeProfit = (type: OrderType) => type === "TAKE_PROFIT" || type === "TAKE_PROFIT_LIMIT";

/** Throws Binance's refusals of two orders that make no OCO: -1158, -1160, -1165, -1166, -1168, -1196 to -1199. */
export function checkOcoPair(above: Leg, below: Leg): void {
  for (const { fields, nameOf } of [above, below]) {
    const { type, icebergQty, timeInForce = "GTC" } = fields;
    if (!isLimit(type) && !isStopLoss(type) && !isTakeProfit(type)) throw new ApiError("OCO_ORDER_TYPE");
    if (icebergQty !== undefined && timeInForce !== "GTC" && timeInForce !== "GTD") {
      throw new ApiError("OCO_ICEBERG_TIME_IN_FORCE", { field: nameOf("icebergQty") });
    }
  }
  const [up, down] = [above.fields.type, below.fields.type];
  if (isLimit(up) && isLimit(down)) throw new ApiError("BOTH_OCO_ORDERS_CANNOT_BE_LIMIT");
  if (above.fields.side === "BUY") {
    if (isLimit(up)) throw new ApiError("BUY_OCO_LIMIT_MUST_BE_BELOW");
    if (isStopLoss(down)) throw new ApiError("BUY_OCO_STOP_LOSS_MUST_BE_ABOVE");
    if (isTakeProfit(up)) throw new ApiError("BUY_OCO_TAKE_PROFIT_MUST_BE_BELOW");
    return;
  }
  if (isLimit(down)) throw new ApiError("SELL_OCO_LIMIT_MUST_BE_ABOVE");
  if (isStopLoss(up)) throw new ApiError("SELL_OCO_STOP_LOSS_MUST_BE_BELOW");
  if (isTakeProfit(down)) throw new ApiError("SELL_OCO_TAKE_PROFIT_MUST_BE_ABOVE");
}
