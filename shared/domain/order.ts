import type { AccountId, MarketId, OrderId, OrderListId } from "./ids.ts";

export const SIDES = ["BUY", "SELL"] as const;
export type Side = (typeof SIDES)[number];

/** Binance's order types. The four from STOP_LOSS on are its "algo" orders: they wait for a trigger. */
export const ORDER_TYPES = [
  "LIMIT",
  "MARKET",
  "LIMIT_MAKER",
  "STOP_LOSS",
  "STOP_LOSS_LIMIT",
  "TAKE_PROFIT",
  "TAKE_PROFIT_LIMIT",
] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

/** Binance's, and GTD (good till `goodTillDate`), which is Meridian's own. */
export const TIMES_IN_FORCE = ["GTC", "IOC", "FOK", "GTD"] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

export const SELF_TRADE_PREVENTIONS = [
  "NONE",
  "EXPIRE_TAKER",
  "EXPIRE_MAKER",
  "EXPIRE_BOTH",
  "DECREMENT",
] as const;
export type SelfTradePrevention = (typeof SELF_TRADE_PREVENTIONS)[number];

/** Binance's kinds of order lists: one cancels the other, one triggers the other, one triggers an OCO. */
export const CONTINGENCIES = ["OCO", "OTO", "OTOCO"] as const;
export type Contingency = (typeof CONTINGENCIES)[number];

/** Binance's order statuses, and `QUEUED`: waiting to be sent to the owner Region, retried. */
export type OrderStatus =
  | "QUEUED"
  | "PENDING_NEW"
  | "NEW"
  | "PARTIALLY_FILLED"
  | "FILLED"
  | "CANCELED"
  | "REJECTED"
  | "EXPIRED"
  | "EXPIRED_IN_MATCH";

/** What its owner asked for. Integers: prices in ticks, quantities in lots. */
export interface OrderTerms {
  readonly orderId: OrderId;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: OrderType;
  /** GTC for LIMIT_MAKER; IOC for MARKET, STOP_LOSS and TAKE_PROFIT. */
  readonly timeInForce: TimeInForce;
  /** Ticks; 0 for MARKET, STOP_LOSS and TAKE_PROFIT. */
  readonly price: number;
  /** Lots; 0 for a MARKET order by `quoteQuantity`. */
  readonly quantity: number;
  /** Smallest units of the quote asset to spend (BUY) or to receive (SELL); 0 unless a MARKET order by quoteOrderQty. */
  readonly quoteQuantity: number;
  /** Ticks: the trade price that triggers an algo order, or from which a trailing one begins to track; 0 for none. */
  readonly stopPrice: number;
  /** Hundredths of a percent (BIPS) against the best price since tracking began; 0 unless a trailing order. */
  readonly trailingDelta: number;
  /** Lots of an iceberg that the book shows at a time; 0 unless an iceberg. */
  readonly icebergQuantity: number;
  /** Epoch ms of the shard's time at which it expires; 0 unless GTD. */
  readonly goodTillDate: number;
  readonly selfTradePrevention: SelfTradePrevention;
}

/** An open order, as the state holds it: in the book, waiting for its trigger, or pending in an order list. */
export interface OpenOrder extends Omit<OrderTerms, "quoteQuantity"> {
  readonly account: AccountId;
  readonly market: MarketId;
  /** 0 unless a member of an order list. */
  readonly listId: OrderListId | 0;
  /** Lots executed, the quote received or paid for them (smallest units), and the lots taken off by self-trade prevention. */
  readonly executed: number;
  readonly executedQuote: number;
  readonly prevented: number;
  /** Lots that the book shows; 0 unless it rests in the book. */
  readonly visible: number;
  /** Its place in time among all orders of the shard; 0 while pending. */
  readonly priority: number;
  /** The best price since a trailing order began to track; 0 before. */
  readonly extreme: number;
  /** The price by which a buy order's lock is computed, ticks. 0 while pending and for sell orders. */
  readonly lockPrice: number;
  /** What it holds locked: quote for BUY, base for SELL, smallest units. The first of two OCO orders holds it for both. */
  readonly locked: number;
  /** The shard's time when it was accepted. */
  readonly time: number;
  /** The shard's time when it began to work in the book; 0 before. */
  readonly workingTime: number;
}

/** An open order list, as the state holds it. */
export interface OpenOrderList {
  readonly listId: OrderListId;
  readonly account: AccountId;
  readonly market: MarketId;
  readonly listClientOrderId: string;
  readonly contingency: Contingency;
  /** All its orders, also those that have ended: OCO above, below; OTO working, pending; OTOCO working, pending above, pending below. */
  readonly orders: readonly OrderId[];
  /** The shard's time when it was accepted. */
  readonly time: number;
}

/** True for the types that wait for a trigger. */
export function isAlgo(type: OrderType): boolean {
  return type !== "LIMIT" && type !== "MARKET" && type !== "LIMIT_MAKER";
}

/** True for the types that take at any price once they work: those without a limit price. */
export function isMarketType(type: OrderType): boolean {
  return type === "MARKET" || type === "STOP_LOSS" || type === "TAKE_PROFIT";
}

/**
 * Whether a trigger (or, for a trailing order, the start of its tracking) needs trade prices at or above `stopPrice` (true) or at or below
 * it (false). Binance: STOP_LOSS buys above and sells below the market, TAKE_PROFIT the other way round.
 */
export function triggersUpward(type: OrderType, side: Side): boolean {
  const isStopLoss = type === "STOP_LOSS" || type === "STOP_LOSS_LIMIT";
  return isStopLoss === (side === "BUY");
}
