import type { DatabaseSync } from "node:sqlite";
import type { MarketId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { BranchRun } from "#shared/ports/journal.ts";
import type { CandleRow, ProjectionBatch, ProjectionStand, TradeRow } from "#shared/ports/projections.ts";
import { MINUTE_MS, withTrade } from "#shared/read-model/candle-folder.ts";
import { isInHistory } from "#shared/read-model/history.ts";
import {
  CANDLE_COLUMNS,
  marks,
  ORDER_COLUMNS,
  ORDER_LIST_COLUMNS,
  TRADE_COLUMNS,
} from "./projection-tables.ts";

/** Tables whose rows are changed in place: how a row was before is kept as JSON. */
const CHANGED = [
  { table: "orders", id: "orderId", columns: ORDER_COLUMNS },
  { table: "orderLists", id: "listId", columns: ORDER_LIST_COLUMNS },
] as const;

const TRADES = TRADE_COLUMNS.join();

/**
 * Takes back what was written to the tables. Of each commit that holds more than what is final it keeps where the tables stood before it (a stand)
 * and the rows that it changed, as they were. Everything here runs in a transaction of the tables.
 */
export class ProjectionUndo {
  readonly #database: DatabaseSync;
  readonly #putStand;
  readonly #putMarket;
  readonly #putImage;
  readonly #relive;
  readonly #newestStand;
  readonly #dropStands;
  readonly #dropImages;
  readonly #markets = new Set<string>();
  /** Shards of which stands are kept. */
  readonly #undoable: Set<string>;
  #hasSuperseded: boolean;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#putStand = database.prepare("INSERT OR REPLACE INTO stands VALUES (?, ?, ?)");
    this.#putMarket = database.prepare("INSERT OR IGNORE INTO shardMarkets VALUES (?, ?)");
    this.#newestStand = database.prepare("SELECT max(seq) AS seq FROM stands WHERE shard = ? AND seq <= ?");
    this.#dropStands = database.prepare("DELETE FROM stands WHERE shard = ? AND seq < ?");
    this.#dropImages = database.prepare("DELETE FROM images WHERE shard = ? AND stand < ?");
    this.#relive = database.prepare(
      "DELETE FROM supersededTrades WHERE market = ? AND tradeId = ? AND branch = ?",
    );
    this.#putImage = CHANGED.map(({ table, id, columns }) => {
      const fields = columns.map((name) => `'${name}', ${name}`).join();
      return database.prepare(
        `INSERT OR IGNORE INTO images VALUES (?1, ?2, '${table}', ?3, (SELECT json_object(${fields}) FROM ${table} WHERE ${id} = ?3))`,
      );
    });
    const shards = database.prepare("SELECT DISTINCT shard FROM stands").all();
    this.#undoable = new Set(shards.map(({ shard }) => shard as string));
    this.#hasSuperseded = database.prepare("SELECT 1 FROM supersededTrades LIMIT 1").get() !== undefined;
  }

  /** Before a batch is written to tables that stand there. */
  keep(stand: ProjectionStand, batch: ProjectionBatch): void {
    const { shard, seq, finalSeq, orders, orderLists, trades, preventedMatches } = batch;
    for (const { market } of trades) this.#noteMarket(shard, market);
    for (const { market } of preventedMatches) this.#noteMarket(shard, market);
    if (this.#hasSuperseded)
      for (const { market, tradeId, branch } of trades) this.#relive.run(market, tradeId, branch);
    if (seq > finalSeq) {
      const [putOrder, putList] = this.#putImage;
      this.#putStand.run(shard, stand.seq, stand.branch);
      for (const { orderId } of orders) putOrder?.run(shard, stand.seq, orderId);
      for (const { listId } of orderLists) putList?.run(shard, stand.seq, listId);
      this.#undoable.add(shard);
    }
    if (this.#undoable.has(shard)) this.#forget(shard, seq, finalSeq);
  }

  /** Takes back what is not on a history; returns where the tables then stand: `present` itself if that is on it. */
  rewind(shard: ShardId, present: ProjectionStand, history: readonly BranchRun[]): ProjectionStand {
    if (isInHistory(history, present)) return present;
    const stands = this.#database
      .prepare("SELECT branch, seq FROM stands WHERE shard = ? ORDER BY seq DESC")
      .all(shard) as unknown as ProjectionStand[];
    const stand = stands.find((one) => isInHistory(history, one));
    assert(
      stand !== undefined,
      `the tables of ${shard} stand at seq ${present.seq} of ${present.branch}: what is final is not taken back`,
    );
    for (const changed of CHANGED) this.#restore(shard, stand.seq, changed);
    this.#database.prepare("DELETE FROM merged WHERE shard = ? AND seq > ?").run(shard, stand.seq);
    this.#database.prepare("DELETE FROM images WHERE shard = ? AND stand >= ?").run(shard, stand.seq);
    this.#database.prepare("DELETE FROM stands WHERE shard = ? AND seq >= ?").run(shard, stand.seq);
    const markets = this.#database.prepare("SELECT market FROM shardMarkets WHERE shard = ?").all(shard);
    for (const { market } of markets) this.#rewindMarket(market as MarketId, stand.seq);
    return stand;
  }

  #noteMarket(shard: ShardId, market: MarketId): void {
    if (this.#markets.has(market)) return;
    this.#markets.add(market);
    this.#putMarket.run(shard, market);
  }

  /** Nobody goes back behind what is final: the newest stand at or before it is the last one needed. */
  #forget(shard: ShardId, seq: number, finalSeq: number): void {
    const floor = seq <= finalSeq ? seq : this.#newestStand.get(shard, finalSeq)?.seq;
    if (typeof floor !== "number") return;
    const { changes } = this.#dropStands.run(shard, floor);
    if (changes > 0) this.#dropImages.run(shard, floor);
    if (seq <= finalSeq) this.#undoable.delete(shard);
  }

  /** Puts back each row as its oldest image from a stand on has it. */
  #restore(shard: ShardId, stand: number, { table, id, columns }: (typeof CHANGED)[number]): void {
    const images = `images WHERE shard = ?1 AND tableName = '${table}' AND stand >= ?2`;
    this.#database
      .prepare(`DELETE FROM ${table} WHERE ${id} IN (SELECT id FROM ${images})`)
      .run(shard, stand);
    const values = columns.map((name) => `before ->> '${name}'`).join();
    // SQLite takes the other columns from the row that has the minimum (https://sqlite.org/lang_select.html#bareagg).
    this.#database
      .prepare(
        `INSERT INTO ${table} (${columns.join()}) SELECT ${values} FROM (SELECT min(stand), before FROM ${images} GROUP BY id) WHERE before IS NOT NULL`,
      )
      .run(shard, stand);
  }

  /**
   * Trade ids and prevented match ids rise with the seq, so what is beyond a seq is at the end. All of it goes, also what is still on the tape and will be written again: the tape may go back once more before it is, and then nobody
   * would take it back.
   */
  #rewindMarket(market: MarketId, seq: number): void {
    const beyond = (table: string, id: string) =>
      `FROM ${table} WHERE market = ?1 AND ${id} > ifnull((SELECT ${id} FROM ${table} WHERE market = ?1 AND seq <= ?2 ORDER BY ${id} DESC LIMIT 1), 0)`;
    this.#database.prepare(`DELETE ${beyond("preventedMatches", "preventedMatchId")}`).run(market, seq);
    const taken = this.#database
      .prepare(`SELECT ${TRADES} ${beyond("trades", "tradeId")}`)
      .all(market, seq) as unknown as TradeRow[];
    if (taken.length === 0) return;
    const supersede = this.#database.prepare(
      `INSERT OR REPLACE INTO supersededTrades (${TRADES}) VALUES (${marks(TRADE_COLUMNS)})`,
    );
    const remove = this.#database.prepare("DELETE FROM trades WHERE market = ? AND tradeId = ?");
    for (const trade of taken) {
      supersede.run(...TRADE_COLUMNS.map((name) => trade[name]));
      remove.run(market, trade.tradeId);
    }
    this.#hasSuperseded = true;
    for (const minute of new Set(taken.map(({ time }) => time - (time % MINUTE_MS))))
      this.#rebuildCandle(market, minute);
  }

  /** The candle of a minute from the trades that stand. */
  #rebuildCandle(market: MarketId, openTime: number): void {
    this.#database.prepare("DELETE FROM candles WHERE market = ? AND openTime = ?").run(market, openTime);
    const trades = this.#database
      .prepare(`SELECT ${TRADES} FROM trades WHERE market = ? AND time BETWEEN ? AND ? ORDER BY tradeId`)
      .all(market, openTime, openTime + MINUTE_MS - 1) as unknown as TradeRow[];
    let candle: CandleRow | undefined;
    for (const trade of trades) candle = withTrade(candle, trade, trade.time);
    if (candle === undefined) return;
    const present = candle;
    this.#database
      .prepare(`INSERT INTO candles (${CANDLE_COLUMNS.join()}) VALUES (${marks(CANDLE_COLUMNS)})`)
      .run(...CANDLE_COLUMNS.map((name) => present[name]));
  }
}
