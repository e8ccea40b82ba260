import type { AccountId, CommandId, MarketId, OrderId, Seq, ShardId, TradeId } from "#shared/domain/ids.ts";
import type { OrderStatus, OrderType, SelfTradePrevention, Side, TimeInForce } from "#shared/domain/order.ts";

/** The written projections of a shard's journal: Orders, Trades, one-minute candles. Written forward only, by the projector. */
export interface Projections {
  /** The last seq whose effect is in the tables; 0 at the start. */
  position(shard: ShardId): number;
  /**
   * Writes one step, all or nothing: a batch whose `seq` is not above the position changes nothing; an order row replaces the stored one only
   * if its seq is higher.
   */
  commit(batch: ProjectionBatch): Promise<void>;
  order(orderId: OrderId): Promise<OrderRow | undefined>;
  orderByClientId(account: AccountId, market: MarketId, clientOrderId: string): Promise<OrderRow | undefined>;
  /** By rising order id. */
  orders(query: OrderQuery): Promise<readonly OrderRow[]>;
  /** By rising trade id. */
  trades(query: TradeQuery): Promise<readonly TradeRow[]>;
  /** One-minute candles by rising open time; minutes without trades are missing. */
  candles(query: CandleQuery): Promise<readonly CandleRow[]>;
  close(): Promise<void>;
}

export interface ProjectionBatch {
  readonly shard: ShardId;
  readonly seq: Seq;
  readonly orders: readonly OrderRow[];
  readonly trades: readonly TradeRow[];
  readonly candles: readonly CandleRow[];
}

/** Integers as in the domain: prices in ticks, quantities in lots, amounts in smallest units, times in epoch ms. */
export interface OrderRow {
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly market: MarketId;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly price: number;
  readonly quantity: number;
  readonly quoteQuantity: number;
  readonly executed: number;
  readonly executedQuote: number;
  readonly status: OrderStatus;
  readonly selfTradePrevention: SelfTradePrevention;
  readonly time: number;
  readonly updateTime: number;
  readonly commandId: CommandId;
  /** The seq of the last change. */
  readonly seq: Seq;
}

export interface TradeRow {
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

/** As {@link OrderQuery}; without `account` the public trades of the market. */
export interface TradeQuery {
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
