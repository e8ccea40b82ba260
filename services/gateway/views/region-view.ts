import type { Asset } from "#shared/domain/asset.ts";
import type { TransferState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, AssetId, BranchId, CommandId, MarketId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Market, TradingState } from "#shared/domain/market.ts";
import type { Side } from "#shared/domain/order.ts";
import type { CandleRow, OrderListRow, OrderRow, TradeRow } from "#shared/ports/projections.ts";
import type { OrderListChange } from "#shared/read-model/order-list-folder.ts";

/** Markets and accounts as a gateway knows them: of one shard, or of all. */
export interface MarketsView {
  /** The shard's time, epoch ms; of several, the latest. */
  readonly time: number;
  assets(): readonly Asset[];
  asset(id: string): Asset | undefined;
  /** In the order of the configuration. */
  markets(): readonly Market[];
  market(id: string): Market | undefined;
  /** HALT for a market that is not known. */
  tradingState(market: MarketId): TradingState;
  /** What the call auction would do if the market were opened now; `undefined` where nothing would trade. */
  indicativeAuction(market: MarketId): AuctionResult | undefined;
  /** Best first, at most `limit` levels. */
  levels(market: MarketId, side: Side, limit: number): readonly Level[];
  lastUpdateId(market: MarketId): number;
  /** The newest trades, oldest first, at most `limit` (bounded memory: 1,000 a market). */
  recentTrades(market: MarketId, limit: number): readonly TradeRow[];
  /** One-minute candles of the last 24 h, oldest first; minutes without trades are missing. */
  recentCandles(market: MarketId): readonly CandleRow[];
  /** By asset id; balances that are zero are left out. */
  balances(account: AccountId): readonly Balance[];
  /** By rising order id; of all markets if none is named. */
  openOrders(account: AccountId, market?: MarketId): readonly OrderRow[];
  /** By rising list id. */
  openOrderLists(account: AccountId): readonly OrderListRow[];
  /** Open, or lately done; older ones are in the projections. */
  orderList(account: AccountId, key: OrderListKey): OrderListRow | undefined;
  /** Open, or ended within the last few thousand orders of the shard; older ones are in the projections. */
  order(account: AccountId, market: MarketId, key: OrderKey): OrderRow | undefined;
  /** Whether what happened at a seq of a market's shard may still be undone: in a fork, or under an owner that is not sure of its lease. */
  isProvisional(market: MarketId, seq: number): boolean;
}

/**
 * What a gateway knows of its Region's fold of one shard, in memory: it starts from an engine state (or from nothing) and folds outcomes.
 * It is as fresh as the feed, so a client that was answered an outcome finds it here.
 */
export interface RegionView extends MarketsView {
  readonly shard: ShardId;
  /** The branch of the last seq folded; the root before the first. */
  readonly branch: BranchId;
  /** The last seq folded. */
  readonly seq: Seq;
  /** The last seq folded that the tables hear of: a tick moves no row, and a projector behind the bus never hears of it. */
  readonly tablesSeq: Seq;
  /** While the view stands in a fork, or this Region owns the shard and is not sure of it: what is behind this seq is provisional. */
  readonly provisionalAfter: Seq | undefined;
  /** What is free and locked of one asset. */
  balance(account: AccountId, asset: AssetId): Balance;
  /** Of every account that has something; zeros are left out. */
  allBalances(): readonly AccountBalance[];
  /** Whether all that accounts have is all that came into the shard and did not leave it. */
  residuals(): readonly Residual[];
  /** What the shard sent to others and has not settled yet, by id. */
  transfersInFlight(): readonly TransferInFlight[];
  /** The seq at which a transfer from another shard was credited here, if it was lately. */
  creditedAt(transferId: CommandId): Seq | undefined;
  /** Folds the next outcome and tells the listeners. */
  apply(outcome: Outcome): void;
  /** Called after each outcome was folded, with what it changed. */
  onUpdate(listener: (update: ViewUpdate) => void): { cancel(): void };
}

/** A view that follows a tape also where it goes back. */
export interface FollowingView extends RegionView {
  /** Called when the view stands at an earlier seq of a tape that went back; updates of what follows come after it. */
  onRewind(listener: (rewound: RewoundView) => void): { cancel(): void };
}

/** What a view had told behind a seq stands no more. */
export interface RewoundView {
  /** Of the seq. */
  readonly branch: BranchId;
  readonly toSeq: Seq;
}

/** Of a call auction: its price in ticks and the lots that trade. */
export interface AuctionResult {
  readonly price: number;
  readonly quantity: number;
}

/** Lots at a price in ticks. */
export interface Level {
  readonly price: number;
  readonly quantity: number;
}

export interface Balance {
  readonly asset: AssetId;
  readonly free: number;
  readonly locked: number;
}

export interface AccountBalance extends Balance {
  readonly account: AccountId;
}

/** What accounts have of an asset, minus what came into the shard and did not leave it, smallest units: 0, or money was made or lost. */
export interface Residual {
  readonly asset: AssetId;
  readonly residual: number;
}

/** Orders that no fold has seen: they wait for their shard's owner to be reached, or ended while they did. */
export interface WaitingOrders {
  openOrders(account: AccountId, market?: MarketId): readonly OrderRow[];
  order(account: AccountId, market: MarketId, key: OrderKey): OrderRow | undefined;
  openOrderLists(account: AccountId): readonly OrderListRow[];
  orderList(account: AccountId, key: OrderListKey): OrderListRow | undefined;
}

/** Funds on their way from one shard to another. */
export interface TransferInFlight extends TransferState {
  readonly fromShard: ShardId;
  /** At which it was sent, or later. */
  readonly seq: Seq;
}

export type OrderKey = { readonly orderId: number } | { readonly clientOrderId: string };

export type OrderListKey = { readonly listId: number } | { readonly listClientOrderId: string };

/** What one outcome changed, in the order of its events. */
export interface ViewUpdate {
  readonly outcome: Outcome;
  /** One for each change of an order: how it stood right after it. */
  readonly reports: readonly OrderReport[];
  /** One for each order list that was accepted, or whose last open order ended. */
  readonly lists: readonly OrderListChange[];
  readonly trades: readonly TradeRow[];
}

/** Binance's execution types, and QUEUED. */
export type ExecutionType =
  | "QUEUED"
  | "NEW"
  | "CANCELED"
  | "REPLACED"
  | "REJECTED"
  | "TRADE"
  | "EXPIRED"
  | "TRADE_PREVENTION";

export interface OrderReport {
  /** The event's index in the outcome. */
  readonly index: number;
  readonly executionType: ExecutionType;
  /** The order right after this event. */
  readonly order: OrderRow;
  /** Set for TRADE. */
  readonly fill?: OrderFill;
  /** Lots that this very prevention took off it, and its role in it; set for TRADE_PREVENTION. */
  readonly lastPrevented?: number;
  readonly isMaker?: boolean;
}

export interface OrderFill {
  readonly trade: TradeRow;
  readonly isMaker: boolean;
  /** Smallest units of `feeAsset`. */
  readonly fee: number;
  readonly feeAsset: AssetId;
}
