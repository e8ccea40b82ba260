import type {
  CandleRow,
  MergedRow,
  OrderListRow,
  OrderRow,
  PreventedMatchRow,
  TradeRow,
} from "#shared/ports/projections.ts";

/** The tables of a Region's projections. */
export const PROJECTIONS_SCHEMA = {
  version: 4,
  statements: `
    CREATE TABLE positions (shard TEXT PRIMARY KEY, seq INTEGER NOT NULL, branch TEXT NOT NULL) STRICT;
    CREATE TABLE orders (
      orderId INTEGER PRIMARY KEY, account INTEGER NOT NULL, market TEXT NOT NULL, clientOrderId TEXT NOT NULL, side TEXT NOT NULL,
      type TEXT NOT NULL, timeInForce TEXT NOT NULL, price INTEGER NOT NULL, quantity INTEGER NOT NULL, quoteQuantity INTEGER NOT NULL,
      stopPrice INTEGER NOT NULL, trailingDelta INTEGER NOT NULL, icebergQuantity INTEGER NOT NULL, goodTillDate INTEGER NOT NULL,
      listId INTEGER NOT NULL, executed INTEGER NOT NULL, executedQuote INTEGER NOT NULL, prevented INTEGER NOT NULL, preventedMatchId INTEGER NOT NULL,
      status TEXT NOT NULL, selfTradePrevention TEXT NOT NULL, time INTEGER NOT NULL, updateTime INTEGER NOT NULL,
      workingTime INTEGER NOT NULL, trailingTime INTEGER NOT NULL, commandId TEXT NOT NULL, seq INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX orders_by_account ON orders (account, market, orderId);
    CREATE INDEX orders_by_client_id ON orders (account, clientOrderId);
    CREATE TABLE orderLists (
      listId INTEGER PRIMARY KEY, account INTEGER NOT NULL, market TEXT NOT NULL, listClientOrderId TEXT NOT NULL, contingency TEXT NOT NULL,
      orders TEXT NOT NULL, isDone INTEGER NOT NULL, time INTEGER NOT NULL, updateTime INTEGER NOT NULL, seq INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX order_lists_by_account ON orderLists (account, listId);
    CREATE INDEX order_lists_by_client_id ON orderLists (account, listClientOrderId);
    CREATE TABLE merged (
      kind TEXT NOT NULL, id INTEGER NOT NULL, account INTEGER NOT NULL, market TEXT NOT NULL, clientOrderId TEXT NOT NULL, commandId TEXT NOT NULL,
      seq INTEGER NOT NULL, shard TEXT NOT NULL, PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX merged_by_seq ON merged (shard, seq);
    CREATE TABLE preventedMatches (
      market TEXT NOT NULL, preventedMatchId INTEGER NOT NULL, account INTEGER NOT NULL, takerOrderId INTEGER NOT NULL, makerOrderId INTEGER NOT NULL,
      mode TEXT NOT NULL, price INTEGER NOT NULL, takerPrevented INTEGER NOT NULL, makerPrevented INTEGER NOT NULL, time INTEGER NOT NULL, seq INTEGER NOT NULL,
      PRIMARY KEY (market, preventedMatchId)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX prevented_matches_by_account ON preventedMatches (account, market, preventedMatchId);
    CREATE TABLE trades (
      market TEXT NOT NULL, tradeId INTEGER NOT NULL, price INTEGER NOT NULL, quantity INTEGER NOT NULL, quote INTEGER NOT NULL,
      time INTEGER NOT NULL, takerSide TEXT NOT NULL, makerOrderId INTEGER NOT NULL, takerOrderId INTEGER NOT NULL,
      makerAccount INTEGER NOT NULL, takerAccount INTEGER NOT NULL, makerFee INTEGER NOT NULL, takerFee INTEGER NOT NULL, seq INTEGER NOT NULL,
      branch TEXT NOT NULL, PRIMARY KEY (market, tradeId)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE supersededTrades (
      market TEXT NOT NULL, tradeId INTEGER NOT NULL, price INTEGER NOT NULL, quantity INTEGER NOT NULL, quote INTEGER NOT NULL,
      time INTEGER NOT NULL, takerSide TEXT NOT NULL, makerOrderId INTEGER NOT NULL, takerOrderId INTEGER NOT NULL,
      makerAccount INTEGER NOT NULL, takerAccount INTEGER NOT NULL, makerFee INTEGER NOT NULL, takerFee INTEGER NOT NULL, seq INTEGER NOT NULL,
      branch TEXT NOT NULL, PRIMARY KEY (market, tradeId, branch)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX trades_by_time ON trades (market, time);
    CREATE INDEX trades_by_maker ON trades (makerAccount, market, tradeId);
    CREATE INDEX trades_by_taker ON trades (takerAccount, market, tradeId);
    CREATE TABLE candles (
      market TEXT NOT NULL, openTime INTEGER NOT NULL, open INTEGER NOT NULL, high INTEGER NOT NULL, low INTEGER NOT NULL, close INTEGER NOT NULL,
      volume INTEGER NOT NULL, quoteVolume INTEGER NOT NULL, trades INTEGER NOT NULL, takerBuyVolume INTEGER NOT NULL,
      takerBuyQuoteVolume INTEGER NOT NULL, firstTradeId INTEGER NOT NULL, lastTradeId INTEGER NOT NULL,
      PRIMARY KEY (market, openTime)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE stands (shard TEXT NOT NULL, seq INTEGER NOT NULL, branch TEXT NOT NULL, PRIMARY KEY (shard, seq)) STRICT, WITHOUT ROWID;
    CREATE TABLE images (
      shard TEXT NOT NULL, stand INTEGER NOT NULL, tableName TEXT NOT NULL, id INTEGER NOT NULL, before TEXT,
      PRIMARY KEY (shard, stand, tableName, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE shardMarkets (shard TEXT NOT NULL, market TEXT NOT NULL, PRIMARY KEY (shard, market)) STRICT, WITHOUT ROWID`,
};

export const ORDER_COLUMNS = [
  "orderId",
  "account",
  "market",
  "clientOrderId",
  "side",
  "type",
  "timeInForce",
  "price",
  "quantity",
  "quoteQuantity",
  "stopPrice",
  "trailingDelta",
  "icebergQuantity",
  "goodTillDate",
  "listId",
  "executed",
  "executedQuote",
  "prevented",
  "preventedMatchId",
  "status",
  "selfTradePrevention",
  "time",
  "updateTime",
  "workingTime",
  "trailingTime",
  "commandId",
  "seq",
] as const satisfies readonly (keyof OrderRow)[];

export const ORDER_LIST_COLUMNS = [
  "listId",
  "account",
  "market",
  "listClientOrderId",
  "contingency",
  "orders",
  "isDone",
  "time",
  "updateTime",
  "seq",
] as const satisfies readonly (keyof OrderListRow)[];

export const MERGED_COLUMNS = [
  "kind",
  "id",
  "account",
  "market",
  "clientOrderId",
  "commandId",
  "seq",
] as const satisfies readonly (keyof MergedRow)[];

export const PREVENTED_MATCH_COLUMNS = [
  "market",
  "preventedMatchId",
  "account",
  "takerOrderId",
  "makerOrderId",
  "mode",
  "price",
  "takerPrevented",
  "makerPrevented",
  "time",
  "seq",
] as const satisfies readonly (keyof PreventedMatchRow)[];

export const TRADE_COLUMNS = [
  "market",
  "tradeId",
  "price",
  "quantity",
  "quote",
  "time",
  "takerSide",
  "makerOrderId",
  "takerOrderId",
  "makerAccount",
  "takerAccount",
  "makerFee",
  "takerFee",
  "seq",
  "branch",
] as const satisfies readonly (keyof TradeRow)[];

export const CANDLE_COLUMNS = [
  "market",
  "openTime",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "quoteVolume",
  "trades",
  "takerBuyVolume",
  "takerBuyQuoteVolume",
  "firstTradeId",
  "lastTradeId",
] as const satisfies readonly (keyof CandleRow)[];

/** As many question marks as columns. */
export function marks(columns: readonly string[]): string {
  return columns.map(() => "?").join();
}
