import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type {
  CandleQuery,
  CandleRow,
  OrderListQuery,
  OrderListRow,
  OrderQuery,
  OrderRow,
  PreventedMatchQuery,
  PreventedMatchRow,
  ProjectionBatch,
  Projections,
  TradeQuery,
  TradeRow,
} from "#shared/ports/projections.ts";
import { type DatabaseFile, openDatabase, transaction } from "./open-database.ts";

const SCHEMA = {
  version: 2,
  statements: `
    CREATE TABLE positions (shard TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
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
      PRIMARY KEY (market, tradeId)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX trades_by_time ON trades (market, time);
    CREATE INDEX trades_by_maker ON trades (makerAccount, market, tradeId);
    CREATE INDEX trades_by_taker ON trades (takerAccount, market, tradeId);
    CREATE TABLE candles (
      market TEXT NOT NULL, openTime INTEGER NOT NULL, open INTEGER NOT NULL, high INTEGER NOT NULL, low INTEGER NOT NULL, close INTEGER NOT NULL,
      volume INTEGER NOT NULL, quoteVolume INTEGER NOT NULL, trades INTEGER NOT NULL, takerBuyVolume INTEGER NOT NULL,
      takerBuyQuoteVolume INTEGER NOT NULL, firstTradeId INTEGER NOT NULL, lastTradeId INTEGER NOT NULL,
      PRIMARY KEY (market, openTime)
    ) STRICT, WITHOUT ROWID`,
};

const ORDER_COLUMNS = [
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

const PREVENTED_MATCH_COLUMNS = [
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

const TRADE_COLUMNS = [
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
] as const satisfies readonly (keyof TradeRow)[];

const CANDLE_COLUMNS = [
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

/** Opens the Orders, Trades and candles tables of a Region. */
export function openSqliteProjections(options: DatabaseFile): Projections {
  return new SqliteProjections(openDatabase(options, SCHEMA));
}

class SqliteProjections implements Projections {
  readonly #database: DatabaseSync;
  readonly #positions = new Map<string, number>();
  readonly #putPosition;
  readonly #putOrder;
  readonly #putOrderList;
  readonly #putPreventedMatch;
  readonly #putTrade;
  readonly #putCandle;
  #closed = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
    for (const row of database.prepare("SELECT shard, seq FROM positions").all()) {
      this.#positions.set(row.shard as string, row.seq as number);
    }
    this.#putPosition = database.prepare("INSERT OR REPLACE INTO positions VALUES (?, ?)");
    const updates = ORDER_COLUMNS.filter((name) => name !== "orderId").map(
      (name) => `${name} = excluded.${name}`,
    );
    this.#putOrder = database.prepare(
      `INSERT INTO orders (${ORDER_COLUMNS.join()}) VALUES (${marks(ORDER_COLUMNS)})
       ON CONFLICT (orderId) DO UPDATE SET ${updates.join()} WHERE excluded.seq > orders.seq`,
    );
    this.#putOrderList = database.prepare(
      `INSERT INTO orderLists VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (listId) DO UPDATE SET isDone = excluded.isDone, updateTime = excluded.updateTime, seq = excluded.seq
       WHERE excluded.seq > orderLists.seq`,
    );
    this.#putPreventedMatch = database.prepare(
      `INSERT OR IGNORE INTO preventedMatches (${PREVENTED_MATCH_COLUMNS.join()}) VALUES (${marks(PREVENTED_MATCH_COLUMNS)})`,
    );
    this.#putTrade = database.prepare(
      `INSERT OR IGNORE INTO trades (${TRADE_COLUMNS.join()}) VALUES (${marks(TRADE_COLUMNS)})`,
    );
    this.#putCandle = database.prepare(
      `INSERT OR REPLACE INTO candles (${CANDLE_COLUMNS.join()}) VALUES (${marks(CANDLE_COLUMNS)})`,
    );
  }

  position(shard: string): number {
    return this.#positions.get(shard) ?? 0;
  }

  async commit(batch: ProjectionBatch): Promise<void> {
    const { shard, seq, orders, orderLists, trades, preventedMatches, candles } = batch;
    if (seq <= this.position(shard)) return;
    transaction(this.#database, () => {
      for (const order of orders) this.#putOrder.run(...ORDER_COLUMNS.map((name) => order[name]));
      for (const list of orderLists) this.#putOrderList.run(...orderListValues(list));
      for (const match of preventedMatches)
        this.#putPreventedMatch.run(...PREVENTED_MATCH_COLUMNS.map((name) => match[name]));
      for (const trade of trades) this.#putTrade.run(...TRADE_COLUMNS.map((name) => trade[name]));
      for (const candle of candles) this.#putCandle.run(...CANDLE_COLUMNS.map((name) => candle[name]));
      this.#putPosition.run(shard, seq);
    });
    this.#positions.set(shard, seq);
  }

  async order(orderId: number): Promise<OrderRow | undefined> {
    return this.#select<OrderRow>("orders", ["orderId = ?"], [orderId], "orderId", 1)[0];
  }

  async orderByClientId(
    account: number,
    market: string,
    clientOrderId: string,
  ): Promise<OrderRow | undefined> {
    const where = ["account = ?", "market = ?", "clientOrderId = ?"];
    return this.#select<OrderRow>("orders", where, [account, market, clientOrderId], "orderId DESC", 1)[0];
  }

  async orders({
    account,
    market,
    fromOrderId,
    startTime,
    endTime,
    limit,
  }: OrderQuery): Promise<readonly OrderRow[]> {
    const where = new Conditions().add("account = ?", account).add("market = ?", market);
    where.add("orderId >= ?", fromOrderId).add("time >= ?", startTime).add("time <= ?", endTime);
    const isForward = fromOrderId !== undefined || startTime !== undefined;
    return this.#page<OrderRow>("orders", where, "orderId", isForward, limit);
  }

  async orderList(listId: number): Promise<OrderListRow | undefined> {
    return this.#orderLists(["listId = ?"], [listId], "listId", 1)[0];
  }

  async orderListByClientId(account: number, listClientOrderId: string): Promise<OrderListRow | undefined> {
    const where = ["account = ?", "listClientOrderId = ?"];
    return this.#orderLists(where, [account, listClientOrderId], "listId DESC", 1)[0];
  }

  async orderLists(query: OrderListQuery): Promise<readonly OrderListRow[]> {
    const { account, fromListId, startTime, endTime, limit } = query;
    const where = new Conditions().add("account = ?", account).add("listId >= ?", fromListId);
    where.add("time >= ?", startTime).add("time <= ?", endTime);
    const isForward = fromListId !== undefined || startTime !== undefined;
    const lists = this.#orderLists(where.texts, where.values, isForward ? "listId" : "listId DESC", limit);
    return isForward ? lists : lists.reverse();
  }

  async preventedMatches(query: PreventedMatchQuery): Promise<readonly PreventedMatchRow[]> {
    const { account, market, preventedMatchId, orderId, fromPreventedMatchId, limit } = query;
    const where = new Conditions().add("account = ?", account).add("market = ?", market);
    where.add("preventedMatchId = ?", preventedMatchId).add("preventedMatchId >= ?", fromPreventedMatchId);
    where.add("? IN (takerOrderId, makerOrderId)", orderId);
    return this.#page("preventedMatches", where, "preventedMatchId", true, limit);
  }

  async trades(query: TradeQuery): Promise<readonly TradeRow[]> {
    const { market, account, orderId, fromTradeId, startTime, endTime, limit } = query;
    const isForward = fromTradeId !== undefined || startTime !== undefined;
    const common = () =>
      new Conditions()
        .add("market = ?", market)
        .add("tradeId >= ?", fromTradeId)
        .add("time >= ?", startTime)
        .add("time <= ?", endTime);
    if (account === undefined && orderId === undefined)
      return this.#page("trades", common(), "tradeId", isForward, limit);
    // Each role has its own index; a trade of an account with itself is in both and counts once.
    const roles = ["maker", "taker"].map((role) =>
      this.#page<TradeRow>(
        "trades",
        common().add(`${role}Account = ?`, account).add(`${role}OrderId = ?`, orderId),
        "tradeId",
        isForward,
        limit,
      ),
    );
    const byId = new Map(roles.flat().map((trade) => [trade.tradeId, trade]));
    const rising = [...byId.values()].sort((a, b) => a.tradeId - b.tradeId);
    return isForward ? rising.slice(0, limit) : rising.slice(-limit);
  }

  async candles({ market, startTime, endTime, limit }: CandleQuery): Promise<readonly CandleRow[]> {
    const where = new Conditions()
      .add("market = ?", market)
      .add("openTime >= ?", startTime)
      .add("openTime <= ?", endTime);
    return this.#page<CandleRow>("candles", where, "openTime", startTime !== undefined, limit);
  }

  async close(): Promise<void> {
    if (!this.#closed) this.#database.close();
    this.#closed = true;
  }

  #orderLists(
    where: readonly string[],
    values: readonly SQLInputValue[],
    order: string,
    limit: number,
  ): OrderListRow[] {
    const rows = this.#select<StoredOrderList>("orderLists", where, values, order, limit);
    return rows.map((row) => ({ ...row, orders: JSON.parse(row.orders), isDone: row.isDone === 1 }));
  }

  /** A page in rising order: the first rows going forward, else the newest. */
  #page<T>(table: string, where: Conditions, key: string, isForward: boolean, limit: number): T[] {
    const rows = this.#select<T>(table, where.texts, where.values, isForward ? key : `${key} DESC`, limit);
    return isForward ? rows : rows.reverse();
  }

  #select<T>(
    table: string,
    where: readonly string[],
    values: readonly SQLInputValue[],
    order: string,
    limit: number,
  ): T[] {
    const sql = `SELECT * FROM ${table} WHERE ${where.join(" AND ")} ORDER BY ${order} LIMIT ?`;
    return this.#database.prepare(sql).all(...values, limit) as T[];
  }
}

/** An order list as its table holds it: members as JSON. */
interface StoredOrderList extends Omit<OrderListRow, "orders" | "isDone"> {
  readonly orders: string;
  readonly isDone: 0 | 1;
}

function orderListValues(list: OrderListRow): SQLInputValue[] {
  const { listId, account, market, listClientOrderId, contingency, orders, isDone } = list;
  const names = [listId, account, market, listClientOrderId, contingency, JSON.stringify(orders)];
  return [...names, isDone ? 1 : 0, list.time, list.updateTime, list.seq];
}

/** Conditions of a query; those without a value are left out. */
class Conditions {
  readonly texts: string[] = [];
  readonly values: SQLInputValue[] = [];

  add(text: string, value: SQLInputValue | undefined): this {
    if (value === undefined) return this;
    this.texts.push(text);
    this.values.push(value);
    return this;
  }
}

function marks(columns: readonly string[]): string {
  return columns.map(() => "?").join();
}
