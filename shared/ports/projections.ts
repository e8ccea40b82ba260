import type {
  AccountId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  OrderListId,
  Seq,
  ShardId,
  TradeId,
} from "#shared/domain/ids.ts";
import type {
  Contingency,
  OrderStatus,
  OrderTerms,
  SelfTradePrevention,
  Side,
} from "#shared/domain/order.ts";
import type { BranchRun } from "./journal.ts";

/**
 * The written projections of a shard's journal: Orders, order lists, Trades, prevented matches, one-minute candles. Written by the projector:
 * forward, and back when the tape goes back.
 */
export interface Projections {
  /** The last seq whose effect is in the tables; 0 at the start. */
  position(shard: ShardId): number;
  /** The same with the branch of that seq; the root at the start. */
  stand(shard: ShardId): ProjectionStand;
  /**
   * Writes one step, all or nothing: a batch whose `seq` is not above the position changes nothing; an order or order list row replaces the
   * stored one only if its seq is higher; an empty command id (of an order that a snapshot told of) leaves the stored one.
   */
  commit(batch: ProjectionBatch): Promise<void>;
  /**
   * Goes back, all or nothing, to the newest seq at which the tables stood on the given history (the branches of the journal as it is now), and
   * returns it. Rows are as they were then; trades beyond it are kept as superseded, until they are written again. Nothing happens where the tables
   * stand on it. Throws `InvariantViolation` if it would take back what was final.
   */
  rewind(shard: ShardId, history: readonly BranchRun[]): Promise<number>;
  /** The order of an id; of an id that was merged the order that it was merged with, which has another. */
  order(orderId: OrderId): Promise<OrderRow | undefined>;
  orderByClientId(account: AccountId, market: MarketId, clientOrderId: string): Promise<OrderRow | undefined>;
  /** By rising order id. */
  orders(query: OrderQuery): Promise<readonly OrderRow[]>;
  /** The list of an id; of an id that was merged the list that it was merged with, which has another. */
  orderList(listId: OrderListId): Promise<OrderListRow | undefined>;
  orderListByClientId(account: AccountId, listClientOrderId: string): Promise<OrderListRow | undefined>;
  /** By rising list id. */
  orderLists(query: OrderListQuery): Promise<readonly OrderListRow[]>;
  /** By rising prevented match id. */
  preventedMatches(query: PreventedMatchQuery): Promise<readonly PreventedMatchRow[]>;
  /** By rising trade id; live trades unless others are asked for. */
  trades(query: TradeQuery): Promise<readonly TradeRow[]>;
  /** One-minute candles by rising open time; minutes without trades are missing. */
  candles(query: CandleQuery): Promise<readonly CandleRow[]>;
  close(): Promise<void>;
}

export interface ProjectionStand {
  readonly branch: BranchId;
  readonly seq: number;
}

export interface ProjectionBatch {
  readonly shard: ShardId;
  /** The branch of the last outcome in it, and its seq. */
  readonly branch: BranchId;
  readonly seq: Seq;
  /** What is at or before this seq is never taken back: how it was before need not be kept. */
  readonly finalSeq: number;
  readonly orders: readonly OrderRow[];
  readonly orderLists: readonly OrderListRow[];
  readonly merged: readonly MergedRow[];
  readonly trades: readonly TradeRow[];
  readonly preventedMatches: readonly PreventedMatchRow[];
  readonly candles: readonly CandleRow[];
}

/** Integers as in the domain: prices in ticks, quantities in lots, amounts in smallest units, times in epoch ms. */
export interface OrderRow extends OrderTerms {
  readonly account: AccountId;
  readonly market: MarketId;
  /** 0 unless a member of an order list. */
  readonly listId: OrderListId | 0;
  readonly executed: number;
  readonly executedQuote: number;
  /** Lots taken off by self-trade prevention, and the last match that was prevented; 0 where none was. */
  readonly prevented: number;
  readonly preventedMatchId: number;
  readonly status: OrderStatus;
  readonly time: number;
  readonly updateTime: number;
  /** When it began to work in the book, and when a trailing order began to track; 0 before. */
  readonly workingTime: number;
  readonly trailingTime: number;
  readonly commandId: CommandId;
  /** The seq of the last change. */
  readonly seq: Seq;
}

export interface OrderListRow {
  readonly listId: OrderListId;
  readonly account: AccountId;
  readonly market: MarketId;
  readonly listClientOrderId: string;
  readonly contingency: Contingency;
  /** In list order: OCO above, below; OTO working, pending; OTOCO working, pending above, pending below. */
  readonly orders: readonly OrderListMember[];
  /** True once its last open order has ended. */
  readonly isDone: boolean;
  readonly time: number;
  readonly updateTime: number;
  readonly seq: Seq;
}

/**
 * An id that an order or an order list did not get to keep: its command had come another way before, and what that brought has an id of its own. It is the one of the same command and of the
 * same client's own name.
 */
export interface MergedRow {
  readonly kind: "order" | "list";
  readonly id: OrderId | OrderListId;
  readonly account: AccountId;
  readonly market: MarketId;
  /** The `clientOrderId` of the order, the `listClientOrderId` of the list. */
  readonly clientOrderId: string;
  readonly commandId: CommandId;
  readonly seq: Seq;
}

export interface OrderListMember {
  readonly orderId: OrderId;
  readonly clientOrderId: string;
}

/** Two orders of one account that self-trade prevention kept from trading. */
export interface PreventedMatchRow {
  readonly market: MarketId;
  readonly preventedMatchId: number;
  readonly account: AccountId;
  readonly takerOrderId: OrderId;
  readonly makerOrderId: OrderId;
  readonly mode: SelfTradePrevention;
  readonly price: number;
  readonly takerPrevented: number;
  readonly makerPrevented: number;
  readonly time: number;
  readonly seq: Seq;
}

export interface TradeRow {
  /** In which it happened: trade ids repeat between branches. */
  readonly branch: BranchId;
  readonly market: MarketId;
  readonly tradeId: TradeId;
  readonly price: number;
  readonly quantity: number;
  readonly quote: number;
  readonly time: number;
  readonly takerSide: Side;
  readonly makerOrderId: OrderId;
  readonly takerOrderId: OrderId;
  readonly makerAccount: AccountId;
  readonly takerAccount: AccountId;
  readonly makerFee: number;
  readonly takerFee: number;
  readonly seq: Seq;
}

export interface CandleRow {
  readonly market: MarketId;
  /** Start of the minute, epoch ms. */
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Lots. */
  readonly volume: number;
  /** Smallest units of the quote asset. */
  readonly quoteVolume: number;
  readonly trades: number;
  readonly takerBuyVolume: number;
  readonly takerBuyQuoteVolume: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
}

/** All bounds inclusive. Without `fromOrderId` and `startTime` the newest `limit` rows are returned (still in rising order). */
export interface OrderQuery {
  readonly account: AccountId;
  readonly market: MarketId;
  readonly fromOrderId?: number;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly limit: number;
}

/** As {@link OrderQuery}, of all markets. */
export interface OrderListQuery {
  readonly account: AccountId;
  readonly fromListId?: number;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly limit: number;
}

/** Of one market; with `orderId` those in which this order was maker or taker. The first `limit` from `fromPreventedMatchId` on. */
export interface PreventedMatchQuery {
  readonly account: AccountId;
  readonly market: MarketId;
  readonly preventedMatchId?: number;
  readonly orderId?: OrderId;
  readonly fromPreventedMatchId?: number;
  readonly limit: number;
}

/** On the tape, or taken back with the branch that it happened in. */
export type TradeState = "live" | "superseded";

/** As {@link OrderQuery}; without `account` the public trades of the market. */
export interface TradeQuery {
  /** `live` if not given. */
  readonly state?: TradeState;
  readonly market: MarketId;
  readonly account?: AccountId;
  readonly orderId?: OrderId;
  readonly fromTradeId?: number;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly limit: number;
}

/** Bounds on openTime, inclusive; without `startTime` the newest `limit` candles. */
export interface CandleQuery {
  readonly market: MarketId;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly limit: number;
}

/** Tables that can be made anew while they are read. */
export interface RenewableProjections extends Projections {
  /** Empty tables beside these, for one projector to fill. What an earlier try left of them is removed. */
  openFresh(): Projections;
  /** Puts them in place of these, in one step: who reads meanwhile sees the old tables or the new ones. Nobody may write to either. */
  replaceBy(fresh: Projections): Promise<void>;
}

/** Tables whose rows can be made anew where they are, while others read and write them. A row is old until it is written again. */
export interface RewritableProjections extends Projections {
  /** Makes every row of a shard old. Gives the mark that rows bear from now on, whoever writes them. */
  beginRewrite(shard: ShardId): Promise<number>;
  /** The mark as it is: another one than `beginRewrite` gave once the tables have gone back, or somebody else has begun. */
  mark(shard: ShardId): number;
  /** Writes the rows of a batch over old ones; newer ones stay. The stand does not move. */
  rewrite(batch: ProjectionBatch): Promise<void>;
  /**
   * Deletes the rows of these markets that are older than a mark. What is written once and never changed it asks for before: rows that an outcome of their seq tells of stay. Resolves with how many went.
   */
  removeOlder(
    mark: number,
    markets: readonly MarketId[],
    toldAt: (seq: number) => Promise<ToldOnce>,
  ): Promise<number>;
}

/** Rows that are written once and never change. */
export type ToldOnce = Pick<ProjectionBatch, "trades" | "preventedMatches" | "merged">;

export function isRenewable(tables: Projections | RenewableProjections): tables is RenewableProjections {
  return "openFresh" in tables;
}
