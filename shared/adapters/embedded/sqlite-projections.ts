import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { BranchId, ShardId } from "#shared/domain/ids.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { BranchRun } from "#shared/ports/journal.ts";
import type {
  CandleQuery,
  CandleRow,
  MergedRow,
  OrderListQuery,
  OrderListRow,
  OrderQuery,
  OrderRow,
  PreventedMatchQuery,
  PreventedMatchRow,
  ProjectionBatch,
  ProjectionStand,
  Projections,
  TradeQuery,
  TradeRow,
} from "#shared/ports/projections.ts";
import { type DatabaseFile, openDatabase, transaction } from "./open-database.ts";
import {
  CANDLE_COLUMNS,
  MERGED_COLUMNS,
  marks,
  ORDER_COLUMNS,
  PREVENTED_MATCH_COLUMNS,
  PROJECTIONS_SCHEMA,
  TRADE_COLUMNS,
} from "./projection-tables.ts";
import { ProjectionUndo } from "./projection-undo.ts";

/** Opens the Orders, Trades and candles tables of a Region. */
export function openSqliteProjections(options: DatabaseFile): Projections {
  return new SqliteProjections(openDatabase(options, PROJECTIONS_SCHEMA));
}

class SqliteProjections implements Projections {
  readonly #database: DatabaseSync;
  readonly #stands = new Map<string, ProjectionStand>();
  readonly #undo: ProjectionUndo;
  readonly #putPosition;
  readonly #putOrder;
  readonly #putOrderList;
  readonly #putMerged;
  readonly #putPreventedMatch;
  readonly #putTrade;
  readonly #putCandle;
  /** By their text, of which there are as many as questions have forms. */
  readonly #selects = new Map<string, StatementSync>();
  #closed = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#undo = new ProjectionUndo(database);
    for (const row of database.prepare("SELECT shard, seq, branch FROM positions").all()) {
      this.#stands.set(row.shard as string, { branch: row.branch as BranchId, seq: row.seq as number });
    }
    this.#putPosition = database.prepare("INSERT OR REPLACE INTO positions VALUES (?, ?, ?)");
    const updates = ORDER_COLUMNS.filter((name) => name !== "orderId").map((name) =>
      name === "commandId"
        ? "commandId = iif(excluded.commandId = '', orders.commandId, excluded.commandId)"
        : `${name} = excluded.${name}`,
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
    this.#putMerged = database.prepare(
      `INSERT OR IGNORE INTO merged (${MERGED_COLUMNS.join()}, shard) VALUES (${marks(MERGED_COLUMNS)}, ?)`,
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
    return this.stand(shard).seq;
  }

  stand(shard: string): ProjectionStand {
    return this.#stands.get(shard) ?? { branch: ROOT_BRANCH, seq: 0 };
  }

  async commit(batch: ProjectionBatch): Promise<void> {
    const { shard, branch, seq, orders, orderLists, merged, trades, preventedMatches, candles } = batch;
    const stand = this.stand(shard);
    if (seq <= stand.seq) return;
    transaction(this.#database, () => {
      this.#undo.keep(stand, batch);
      for (const order of orders) this.#putOrder.run(...ORDER_COLUMNS.map((name) => order[name]));
      for (const list of orderLists) this.#putOrderList.run(...orderListValues(list));
      for (const row of merged) this.#putMerged.run(...MERGED_COLUMNS.map((name) => row[name]), shard);
      for (const match of preventedMatches)
        this.#putPreventedMatch.run(...PREVENTED_MATCH_COLUMNS.map((name) => match[name]));
      for (const trade of trades) this.#putTrade.run(...TRADE_COLUMNS.map((name) => trade[name]));
      for (const candle of candles) this.#putCandle.run(...CANDLE_COLUMNS.map((name) => candle[name]));
      this.#putPosition.run(shard, seq, branch);
    });
    this.#stands.set(shard, { branch, seq });
  }

  async rewind(shard: ShardId, history: readonly BranchRun[]): Promise<number> {
    const present = this.stand(shard);
    const stand = transaction(this.#database, () => {
      const found = this.#undo.rewind(shard, present, history);
      if (found !== present) this.#putPosition.run(shard, found.seq, found.branch);
      return found;
    });
    this.#stands.set(shard, stand);
    return stand.seq;
  }

  async order(orderId: number): Promise<OrderRow | undefined> {
    const [own] = this.#select<OrderRow>("orders", ["orderId = ?"], [orderId], "orderId", 1);
    if (own !== undefined) return own;
    const merged = this.#merged("order", orderId);
    if (merged === undefined) return undefined;
    const { account, market, clientOrderId, commandId } = merged;
    const where = ["account = ?", "market = ?", "clientOrderId = ?", OF_COMMAND];
    const names = [account, market, clientOrderId, commandId];
    return this.#select<OrderRow>("orders", where, names, "orderId", 1)[0];
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
    const [own] = this.#orderLists(["listId = ?"], [listId], "listId", 1);
    if (own !== undefined) return own;
    const merged = this.#merged("list", listId);
    if (merged === undefined) return undefined;
    const { account, market, clientOrderId, commandId } = merged;
    // The command that brought a list is that of its orders.
    const isOfCommand = `EXISTS (SELECT 1 FROM json_each(orderLists.orders) AS member
      JOIN orders ON orders.orderId = member.value ->> 'orderId' WHERE ${OF_COMMAND})`;
    const where = ["account = ?", "market = ?", "listClientOrderId = ?", isOfCommand];
    return this.#orderLists(where, [account, market, clientOrderId, commandId], "listId", 1)[0];
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
    const { state, market, account, orderId, fromTradeId, startTime, endTime, limit } = query;
    const table = state === "superseded" ? "supersededTrades" : "trades";
    const isForward = fromTradeId !== undefined || startTime !== undefined;
    const common = () =>
      new Conditions()
        .add("market = ?", market)
        .add("tradeId >= ?", fromTradeId)
        .add("time >= ?", startTime)
        .add("time <= ?", endTime);
    if (account === undefined && orderId === undefined)
      return this.#page(table, common(), "tradeId", isForward, limit);
    // Each role has its own index; a trade of an account with itself is in both and counts once.
    const roles = ["maker", "taker"].map((role) =>
      this.#page<TradeRow>(
        table,
        common().add(`${role}Account = ?`, account).add(`${role}OrderId = ?`, orderId),
        "tradeId",
        isForward,
        limit,
      ),
    );
    const byId = new Map(roles.flat().map((trade) => [`${trade.tradeId} ${trade.branch}`, trade]));
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

  #merged(kind: MergedRow["kind"], id: number): MergedRow | undefined {
    return this.#select<MergedRow>("merged", ["kind = ?", "id = ?"], [kind, id], "id", 1)[0];
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
    let statement = this.#selects.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#selects.set(sql, statement);
    }
    return statement.all(...values, limit) as T[];
  }
}

/** An order that only a snapshot told of does not say which command it came with. */
const OF_COMMAND = "orders.commandId IN (?, '')";

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
