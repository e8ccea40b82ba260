import type { AccountId, MarketId, OrderId } from "./ids.ts";

export const SIDES = ["BUY", "SELL"] as const;
export type Side = (typeof SIDES)[number];

/** Binance's order types that Meridian's engine knows today. */
export const ORDER_TYPES = ["LIMIT", "MARKET", "LIMIT_MAKER"] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

export const TIMES_IN_FORCE = ["GTC", "IOC", "FOK"] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

export const SELF_TRADE_PREVENTIONS = ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"] as const;
export type SelfTradePrevention = (typeof SELF_TRADE_PREVENTIONS)[number];

/** Binance's order statuses, and `QUEUED`: waiting to be sent to the owner Region, retried. */
export type OrderStatus =
  | "QUEUED"
  | "NEW"
  | "PARTIALLY_FILLED"
  | "FILLED"
  | "CANCELED"
  | "REJECTED"
  | "EXPIRED"
  | "EXPIRED_IN_MATCH";

/** An order that rests in the book, as the state holds it. Integers: price in ticks, quantities in lots, times in ms. */
export interface RestingOrder {
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly market: MarketId;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly selfTradePrevention: SelfTradePrevention;
  readonly price: number;
  /** What was ordered (after amendments), and how much of it has been executed. */
  readonly quantity: number;
  readonly executed: number;
  /** Quote received or paid so far, smallest units. */
  readonly executedQuote: number;
  /** The engine's time when it was accepted. */
  readonly time: number;
}
