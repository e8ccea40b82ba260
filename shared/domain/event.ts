import type { Asset } from "./asset.ts";
import type {
  BranchBegan,
  BranchEnded,
  ForkCommandIgnored,
  ForkCommandReplayed,
  ForkReplayDone,
  OrdersMerged,
  TransferEnded,
  TransferredIn,
  TransferredOut,
} from "./branch-events.ts";
import type { CommandKind } from "./command.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  OrderListId,
  Seq,
  ShardId,
  TradeId,
} from "./ids.ts";
import type { Market, TradingState } from "./market.ts";
import type { Contingency, OrderTerms, SelfTradePrevention, Side } from "./order.ts";

export * from "./branch-events.ts";

/** Why the engine refused a command. The gateway's error catalogue gives each its code and words. */
export const REJECT_REASONS = [
  "expired-command",
  "validity-too-long",
  "unknown-market",
  "unknown-asset",
  "unknown-order",
  "duplicate-order-id",
  "duplicate-client-order-id",
  "malformed-order",
  "price-filter",
  "lot-size",
  "notional",
  "self-trade-prevention-not-allowed",
  "would-take",
  "insufficient-balance",
  "amend-not-lower",
  "malformed-amount",
  "supply-exceeded",
  "immutable-definition",
  "malformed-definition",
  "market-closed",
  "percent-price-by-side",
  "market-lot-size",
  "iceberg-parts",
  "trailing-delta",
  "max-num-orders",
  "max-num-algo-orders",
  "max-num-iceberg-orders",
  "max-num-order-lists",
  "max-position",
  "would-trigger",
  "no-last-price",
  "self-trade-in-auction",
  "malformed-list",
  "list-price-relation",
  "unknown-list",
  "cancel-restricted",
  "amend-in-list",
  "good-till-date-passed",
  "not-in-fork",
  "market-halts-in-fork",
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** Where an order is once it is accepted. */
export const ORDER_STAGES = [
  /** In the book, or taking from it. */
  "working",
  /** For its trigger. */
  "waiting",
  /** For the order of its list that must be filled first. */
  "pending",
] as const;
export type OrderStage = (typeof ORDER_STAGES)[number];

/** An order was taken into the engine: Binance's execution type NEW. All that describes the order is here. */
export interface OrderAccepted extends OrderTerms {
  readonly kind: "OrderAccepted";
  readonly account: AccountId;
  readonly market: MarketId;
  /** 0 unless a member of an order list. */
  readonly listId: OrderListId | 0;
  readonly stage: OrderStage;
}

/** An order list was taken; its orders follow as `OrderAccepted`. */
export interface OrderListAccepted {
  readonly kind: "OrderListAccepted";
  readonly listId: OrderListId;
  readonly account: AccountId;
  readonly market: MarketId;
  readonly listClientOrderId: string;
  readonly contingency: Contingency;
  readonly orders: readonly OrderId[];
}

/** The last open order of a list has ended: Binance's list status ALL_DONE. */
export interface OrderListDone {
  readonly kind: "OrderListDone";
  readonly listId: OrderListId;
  readonly account: AccountId;
  readonly market: MarketId;
}

/** A pending order of a list is pending no more: status NEW. */
export interface OrderActivated {
  readonly kind: "OrderActivated";
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly market: MarketId;
}

/** A trade price reached an algo order's trigger: from here on it works in the book. */
export interface OrderTriggered {
  readonly kind: "OrderTriggered";
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly market: MarketId;
}

/** Two orders of one account met and were kept from trading (Binance: prevented match). */
export interface TradePrevented {
  readonly kind: "TradePrevented";
  readonly market: MarketId;
  readonly preventedMatchId: number;
  /** The maker's price. */
  readonly price: number;
  readonly mode: SelfTradePrevention;
  readonly account: AccountId;
  readonly takerOrderId: OrderId;
  readonly makerOrderId: OrderId;
  /** Lots taken off each; 0 for one that goes on, and for a taker by quoteQuantity that expires. */
  readonly takerPrevented: number;
  readonly makerPrevented: number;
}

/** A market was opened, halted or paused. */
export interface MarketStateChanged {
  readonly kind: "MarketStateChanged";
  readonly market: MarketId;
  readonly state: TradingState;
}

/** The call auction found a price; its trades follow. */
export interface AuctionUncrossed {
  readonly kind: "AuctionUncrossed";
  readonly market: MarketId;
  readonly price: number;
  /** Lots that trade. */
  readonly quantity: number;
}

/** A command of any kind was refused and changed nothing. */
export interface CommandRejected {
  readonly kind: "CommandRejected";
  readonly reason: RejectReason;
  readonly command: CommandKind;
  /** 0 where the command has none. */
  readonly account: AccountId;
  readonly market: MarketId | "";
  readonly orderId: OrderId | 0;
  readonly clientOrderId: string;
}

/** Two orders met at the maker's price. */
export interface Trade {
  readonly kind: "Trade";
  readonly market: MarketId;
  readonly tradeId: TradeId;
  readonly price: number;
  readonly quantity: number;
  /** price × quantity in smallest units of the quote asset. */
  readonly quote: number;
  readonly takerSide: Side;
  readonly makerOrderId: OrderId;
  readonly takerOrderId: OrderId;
  readonly makerAccount: AccountId;
  readonly takerAccount: AccountId;
  /** Smallest units of what each received: base for the buyer, quote for the seller. */
  readonly makerFee: number;
  readonly takerFee: number;
  /** True when the trade completed the maker / the taker. A MARKET order by quoteOrderQty is never completed by a trade. */
  readonly makerFilled: boolean;
  readonly takerFilled: boolean;
}

export interface OrderCanceled {
  readonly kind: "OrderCanceled";
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly market: MarketId;
}

/** What ended an order without its owner asking. */
export const EXPIRY_REASONS = [
  /** IOC or MARKET: nothing (more) to match, or FOK that could not be filled at once. */
  "unfilled",
  /** A MARKET order by quoteOrderQty that spent or received all that whole lots allow: status FILLED. */
  "quote-spent",
  /** Self-trade prevention: status EXPIRED_IN_MATCH. */
  "self-trade",
  /** GTD: its time has come. */
  "good-till-date",
  /** Another order of its list made it pointless. */
  "order-list",
  /** A pending LIMIT_MAKER that would take when its turn came. */
  "would-take",
  /** A triggered or activated order whose account could not pay (any more of) it. */
  "insufficient-balance",
] as const;
export type ExpiryReason = (typeof EXPIRY_REASONS)[number];

export interface OrderExpired {
  readonly kind: "OrderExpired";
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly market: MarketId;
  readonly reason: ExpiryReason;
}

export interface OrderAmended {
  readonly kind: "OrderAmended";
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly market: MarketId;
  /** The new total quantity, lots. */
  readonly quantity: number;
}

export interface Deposited {
  readonly kind: "Deposited";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: number;
}

export interface Withdrawn {
  readonly kind: "Withdrawn";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: number;
}

/** The balance after the command; one event per touched (account, asset), sorted by account, then asset. */
export interface BalanceChanged {
  readonly kind: "BalanceChanged";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly free: number;
  readonly locked: number;
}

/** A price level after the command; one event per level whose quantity differs, BUY before SELL, each by rising price. */
export interface LevelChanged {
  readonly kind: "LevelChanged";
  readonly market: MarketId;
  readonly side: Side;
  readonly price: number;
  /** Lots in all; 0 when the level is gone. */
  readonly quantity: number;
  /** Dense per market: a feed of level changes without a gap has consecutive ids. */
  readonly updateId: number;
}

export interface AssetDefined {
  readonly kind: "AssetDefined";
  readonly asset: Asset;
}

export interface MarketDefined {
  readonly kind: "MarketDefined";
  readonly market: Market;
}

/** A command id that was folded before: nothing happened; the first outcome is at `firstSeq`. */
export interface CommandRepeated {
  readonly kind: "CommandRepeated";
  readonly firstSeq: Seq;
}

/** A command that was meant for another branch: nothing happened. */
export interface Misdirected {
  readonly kind: "Misdirected";
  readonly intended: BranchId;
}

/** Bytes in the log that are no command: they consume a seq, identically everywhere, and raise an alert. */
export interface Undecodable {
  readonly kind: "Undecodable";
}

export type Event =
  | OrderAccepted
  | OrderListAccepted
  | OrderListDone
  | OrderActivated
  | OrderTriggered
  | TradePrevented
  | MarketStateChanged
  | AuctionUncrossed
  | CommandRejected
  | Trade
  | OrderCanceled
  | OrderExpired
  | OrderAmended
  | Deposited
  | Withdrawn
  | BalanceChanged
  | LevelChanged
  | AssetDefined
  | MarketDefined
  | CommandRepeated
  | Misdirected
  | Undecodable
  | BranchBegan
  | BranchEnded
  | TransferredOut
  | TransferredIn
  | TransferEnded
  | ForkCommandReplayed
  | OrdersMerged
  | ForkCommandIgnored
  | ForkReplayDone;

/** What one command did: its outputs are named (shard, branch, seq, index in `events`). */
export interface Outcome {
  readonly shard: ShardId;
  readonly branch: BranchId;
  readonly seq: Seq;
  /** The shard's time when it was folded, epoch ms. */
  readonly time: number;
  /** `""` for bytes that did not decode. */
  readonly commandId: CommandId | "";
  readonly events: readonly Event[];
}
