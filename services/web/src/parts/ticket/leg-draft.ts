import { isAlgo, isMarketType, type OrderType, type TimeInForce } from "#shared/domain/order.ts";

/** What stands in the fields of one order: of the ticket's only one, or of each of an order list. */
export interface LegDraft {
  readonly type: OrderType;
  readonly price: string;
  /** The trade price that triggers it, or from which it trails. */
  readonly stopPrice: string;
  /** How far the price must turn, in percent; empty unless it trails. */
  readonly trailing: string;
  /** How much of it the book shows at a time; empty for all. */
  readonly iceberg: string;
  readonly timeInForce: TimeInForce;
  /** When it expires if it is good till a date: local time, as the browser's field writes it. */
  readonly goodTill: string;
}

export function emptyLeg(type: OrderType): LegDraft {
  return { type, price: "", stopPrice: "", trailing: "", iceberg: "", timeInForce: "GTC", goodTill: "" };
}

/** True for the types with a limit price. */
export const hasPrice = ({ type }: LegDraft): boolean => !isMarketType(type);

/** True for the types that wait for a trigger: a stop price, a trailing delta, or both. */
export const hasTrigger = ({ type }: LegDraft): boolean => isAlgo(type);

/** The times in force that a type can have; none for those without a price. */
export function timesInForce(type: OrderType): readonly TimeInForce[] {
  if (isMarketType(type)) return [];
  return type === "LIMIT_MAKER" ? ["GTC", "GTD"] : ["GTC", "IOC", "FOK", "GTD"];
}

/** The time in force that is sent: what was chosen, where the type can have it. */
export function timeInForceOf({ type, timeInForce }: LegDraft): TimeInForce {
  return timesInForce(type).includes(timeInForce) ? timeInForce : "GTC";
}

export const isTillDate = (leg: LegDraft): boolean => timeInForceOf(leg) === "GTD";

/** Only what rests in the book can hide a part of itself. */
export function mayBeIceberg(leg: LegDraft): boolean {
  return hasPrice(leg) && (timeInForceOf(leg) === "GTC" || isTillDate(leg));
}
