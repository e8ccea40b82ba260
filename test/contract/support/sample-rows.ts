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
  CandleRow,
  OrderListRow,
  OrderRow,
  PreventedMatchRow,
  ProjectionBatch,
  TradeRow,
} from "#shared/ports/projections.ts";

export const ETHUSDT = "ETHUSDT" as MarketId;
const BTCUSDT = "BTCUSDT" as MarketId;
const BRANCH = "us-east-1.1" as BranchId;
const MINUTE_MS = 60_000;

export function sampleOrder(orderId: number, seq: number, changes: Partial<OrderRow> = {}): OrderRow {
  return {
    orderId: orderId as OrderId,
    account: 1 as AccountId,
    market: BTCUSDT,
    clientOrderId: `c${orderId}`,
    side: "BUY",
    type: "LIMIT",
    timeInForce: "GTC",
    price: 5_000_000 + orderId,
    quantity: 7,
    quoteQuantity: 0,
    stopPrice: 4_000_000 + orderId,
    trailingDelta: 100,
    icebergQuantity: 3,
    goodTillDate: 9000 + orderId,
    listId: 0,
    executed: 0,
    executedQuote: 0,
    prevented: 0,
    preventedMatchId: 0,
    status: "NEW",
    selfTradePrevention: "EXPIRE_MAKER",
    time: 1000 + orderId,
    updateTime: 1000 + seq,
    workingTime: 1001 + orderId,
    trailingTime: 1002 + orderId,
    commandId: orderId.toString(16).padStart(32, "0") as CommandId,
    seq: seq as Seq,
    ...changes,
  };
}

/** An OCO of the orders that follow its id. */
export function sampleOrderList(
  listId: number,
  seq: number,
  changes: Partial<OrderListRow> = {},
): OrderListRow {
  return {
    listId: listId as OrderListId,
    account: 1 as AccountId,
    market: BTCUSDT,
    listClientOrderId: `l${listId}`,
    contingency: "OCO",
    orders: [listId + 1, listId + 2].map((id) => ({ orderId: id as OrderId, clientOrderId: `c"${id}` })),
    isDone: false,
    time: 3000 + listId,
    updateTime: 3000 + seq,
    seq: seq as Seq,
    ...changes,
  };
}

export function samplePreventedMatch(
  preventedMatchId: number,
  seq: number,
  changes: Partial<PreventedMatchRow> = {},
): PreventedMatchRow {
  return {
    market: BTCUSDT,
    preventedMatchId,
    account: 1 as AccountId,
    takerOrderId: (2 * preventedMatchId + 1) as OrderId,
    makerOrderId: (2 * preventedMatchId) as OrderId,
    mode: "DECREMENT",
    price: 5_000_000,
    takerPrevented: preventedMatchId,
    makerPrevented: 3 * preventedMatchId,
    time: 4000 + preventedMatchId,
    seq: seq as Seq,
    ...changes,
  };
}

export function sampleTrade(tradeId: number, seq: number, changes: Partial<TradeRow> = {}): TradeRow {
  return {
    branch: BRANCH,
    market: BTCUSDT,
    tradeId: tradeId as TradeId,
    price: 5_000_000,
    quantity: tradeId,
    quote: 5_000_000 * tradeId,
    time: 2000 + tradeId,
    takerSide: "SELL",
    makerOrderId: (2 * tradeId) as OrderId,
    takerOrderId: (2 * tradeId + 1) as OrderId,
    makerAccount: 1 as AccountId,
    takerAccount: 2 as AccountId,
    makerFee: 1,
    takerFee: 2,
    seq: seq as Seq,
    ...changes,
  };
}

export function sampleCandle(minute: number, trades: number): CandleRow {
  return {
    market: BTCUSDT,
    openTime: minute * MINUTE_MS,
    open: 10,
    high: 20,
    low: 5,
    close: 15,
    volume: 100 * trades,
    quoteVolume: 1000 * trades,
    trades,
    takerBuyVolume: 1,
    takerBuyQuoteVolume: 2,
    firstTradeId: 1,
    lastTradeId: trades,
  };
}

/** A batch of a seq with so many rows of each table but one candle; batches of other seqs share no row with it. */
export function sampleBatch(seq: number, count: number): ProjectionBatch {
  const ids = Array.from({ length: count }, (_, at) => seq * 1000 + at);
  return {
    shard: "shard-1" as ShardId,
    branch: BRANCH,
    seq: seq as Seq,
    finalSeq: 0,
    orders: ids.map((id) => sampleOrder(id, seq)),
    orderLists: ids.map((id) => sampleOrderList(id, seq)),
    merged: [],
    trades: ids.map((id) => sampleTrade(id, seq)),
    preventedMatches: ids.map((id) => samplePreventedMatch(id, seq)),
    candles: [sampleCandle(seq, count)],
  };
}
