import { type Kysely, sql } from "kysely";
import type { AccountId, AssetId, BranchId, MarketId, Seq, ShardId } from "#shared/domain/ids.ts";
import {
  type DayAmount,
  type DayRange,
  type DayVolume,
  type Ledger,
  type LedgerBalance,
  type LedgerBatch,
  type LedgerHolding,
  type LedgerReader,
  type LedgerState,
  LedgerUnavailable,
  type StatementLine,
  type StatementQuery,
} from "#shared/ports/ledger.ts";
import { orUnavailable } from "./ledger-errors.ts";
import { migrateLedger } from "./ledger-migrations.ts";
import type { LedgerTables } from "./ledger-tables.ts";
import { recordBatch } from "./record-batch.ts";

/** Opens the ledger in a PostgreSQL database, whoever runs it: brings the tables up to date first. `LedgerUnavailable`, `StorageError`. */
export async function openSqlLedger(database: Kysely<LedgerTables>): Promise<Ledger> {
  try {
    await orUnavailable(() => migrateLedger(database));
    return new SqlLedger(database);
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/** Opens the ledger for who only reads it; whoever writes it brings its tables up to date. `LedgerUnavailable`, also where it has no tables yet. */
export async function openSqlLedgerReader(database: Kysely<LedgerTables>): Promise<LedgerReader> {
  try {
    const { rows } = await orUnavailable(() =>
      sql<{ has: boolean }>`SELECT to_regclass('ledger_entries') IS NOT NULL AS has`.execute(database),
    );
    if (rows[0]?.has !== true) throw new LedgerUnavailable("The ledger has no tables yet.");
    return new SqlLedger(database);
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

class SqlLedger implements Ledger {
  readonly #database: Kysely<LedgerTables>;

  constructor(database: Kysely<LedgerTables>) {
    this.#database = database;
  }

  record(batch: LedgerBatch): Promise<number> {
    return orUnavailable(() =>
      this.#database.transaction().execute((transaction) => recordBatch(transaction, batch)),
    );
  }

  /** What there is now, less what came later: as cheap as the part that came later is small. */
  async balances(shard: ShardId, through: Seq): Promise<readonly LedgerBalance[]> {
    const { rows } = await orUnavailable(() =>
      sql<AmountRow & { account: Whole }>`
        SELECT account, asset, sum(amount) AS amount FROM (
          SELECT account, asset, amount FROM ledger_balances WHERE shard = ${shard} AND state = 'final'
          UNION ALL
          SELECT e.account, e.asset, -e.amount FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id
            WHERE t.shard = ${shard} AND t.state = 'final' AND t.seq > ${through}
        ) AS parts GROUP BY account, asset HAVING sum(amount) <> 0 ORDER BY account, asset COLLATE "C"`.execute(
        this.#database,
      ),
    );
    return rows.map(({ account, asset, amount }) => ({
      account: Number(account) as AccountId,
      asset: asset as AssetId,
      amount: BigInt(amount),
    }));
  }

  async holdings(account: AccountId): Promise<readonly LedgerHolding[]> {
    const rows = await orUnavailable(() =>
      this.#database
        .selectFrom("ledger_balances")
        .select(["shard", "asset", "state", "amount"])
        .where("account", "=", account)
        .where("amount", "<>", 0)
        .orderBy("shard")
        .orderBy("asset")
        .orderBy("state")
        .execute(),
    );
    return rows.map(({ shard, asset, state, amount }) => ({
      shard: shard as ShardId,
      asset: asset as AssetId,
      state: state as LedgerState,
      amount: BigInt(amount),
    }));
  }

  async statement({ account, before, asset, limit }: StatementQuery): Promise<readonly StatementLine[]> {
    // A line's id: its transaction's, and its place in it, which is below 100.
    const id = sql<Whole>`e.transaction_id * 100 + e.line`;
    let query = this.#database
      .selectFrom("ledger_entries as e")
      .innerJoin("ledger_transactions as t", "t.id", "e.transaction_id")
      .select(["t.shard", "t.branch", "t.seq", "t.event_index", "t.kind", "t.state", "t.time_ms", "t.market"])
      .select(["e.asset", "e.amount", id.as("id")])
      .select(
        sql<boolean>`EXISTS (SELECT 1 FROM ledger_transactions r WHERE r.reverses = t.id)`.as("reversed"),
      )
      .where("e.account", "=", account);
    if (before !== undefined)
      query = query.where(sql<boolean>`e.transaction_id * 100 + e.line < ${before.toString()}::bigint`);
    if (asset !== undefined) query = query.where("e.asset", "=", asset);
    const rows = await orUnavailable(() =>
      query.orderBy("e.transaction_id", "desc").orderBy("e.line", "desc").limit(limit).execute(),
    );
    return rows.map((row) => ({
      id: BigInt(row.id),
      shard: row.shard as ShardId,
      branch: row.branch as BranchId,
      seq: Number(row.seq) as Seq,
      index: row.event_index,
      kind: row.kind as StatementLine["kind"],
      state: row.state as LedgerState,
      isReversed: row.reversed,
      time: Number(row.time_ms),
      market: row.market as MarketId | "",
      asset: row.asset as AssetId,
      amount: BigInt(row.amount),
    }));
  }

  async volumeByDay({ from, to }: DayRange): Promise<readonly DayVolume[]> {
    const rows = await orUnavailable(() =>
      this.#database
        .selectFrom("ledger_volume_by_day")
        .selectAll()
        .where("day", ">=", from)
        .where("day", "<=", to)
        .orderBy("day")
        .orderBy("market")
        .execute(),
    );
    return rows.map((row) => ({
      day: row.day,
      market: row.market as MarketId,
      base: row.base as AssetId,
      baseAmount: BigInt(row.base_amount),
      quote: row.quote as AssetId,
      quoteAmount: BigInt(row.quote_amount),
      trades: Number(row.trades),
    }));
  }

  async feesByDay({ from, to }: DayRange): Promise<readonly DayAmount[]> {
    const rows = await orUnavailable(() =>
      this.#database
        .selectFrom("ledger_fees_by_day")
        .selectAll()
        .where("day", ">=", from)
        .where("day", "<=", to)
        .orderBy("day")
        .orderBy("asset")
        .execute(),
    );
    return rows.map(dayAmount);
  }

  async positionsByDay(account: AccountId, { from, to }: DayRange): Promise<readonly DayAmount[]> {
    const rows = await orUnavailable(() =>
      this.#database
        .selectFrom("ledger_positions_by_day")
        .select(["day", "asset", "amount"])
        .where("account", "=", account)
        .where("day", ">=", from)
        .where("day", "<=", to)
        .orderBy("day")
        .orderBy("asset")
        .execute(),
    );
    return rows.map(dayAmount);
  }

  async close(): Promise<void> {
    await this.#database.destroy();
  }
}

/** An integer as drivers give it. */
type Whole = string | number | bigint;

interface AmountRow {
  readonly asset: string;
  readonly amount: Whole;
}

function dayAmount({ day, asset, amount }: AmountRow & { readonly day: string }): DayAmount {
  return { day, asset: asset as AssetId, amount: BigInt(amount) };
}
