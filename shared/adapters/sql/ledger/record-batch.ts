import { type Insertable, type Kysely, sql } from "kysely";
import type { LedgerBatch, LedgerTransaction } from "#shared/ports/ledger.ts";
import { eventName } from "#shared/protocol/bus/event-name.ts";
import type { LedgerTables } from "./ledger-tables.ts";

/** A statement of PostgreSQL has 65,535 parameters at most; a trade has six entries of five. */
const INSERTED_AT_ONCE = 1000;

/** Writes a batch within the caller's database transaction; returns how many of its transactions were new. */
export async function recordBatch(
  database: Kysely<LedgerTables>,
  { transactions, endedForks }: LedgerBatch,
): Promise<number> {
  const forks = [
    ...endedForks.map(({ shard, fork }) => ({ shard, branch: fork })),
    ...transactions.filter(({ state }) => state === "provisional"),
  ];
  await lockShards(database, [...new Set(forks.map(({ shard }) => shard))].sort());
  let count = 0;
  for (let at = 0; at < transactions.length; at += INSERTED_AT_ONCE)
    count += await insertNew(database, transactions.slice(at, at + INSERTED_AT_ONCE));
  if (endedForks.length > 0)
    await database
      .insertInto("ledger_forks")
      .values(endedForks.map(({ shard, fork, time }) => ({ shard, branch: fork, time_ms: time })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  const branches = new Map(forks.map(({ shard, branch }) => [`${shard}/${branch}`, { shard, branch }]));
  for (const { shard, branch } of branches.values()) await reverseEnded(database, shard, branch);
  return count;
}

/** A fork's transactions and its end may come at the same time over two connections: whoever is second sees the other's. */
async function lockShards(database: Kysely<LedgerTables>, shards: readonly string[]): Promise<void> {
  for (const shard of shards)
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`ledger/${shard}`}, 0))`.execute(database);
}

async function insertNew(
  database: Kysely<LedgerTables>,
  transactions: readonly LedgerTransaction[],
): Promise<number> {
  const byName = new Map(transactions.map((transaction) => [eventName(transaction) as string, transaction]));
  const rows = await database
    .insertInto("ledger_transactions")
    .values(
      [...byName.values()].map(({ shard, branch, seq, index, kind, state, time, market }) => ({
        shard,
        branch,
        seq,
        event_index: index,
        kind,
        state,
        time_ms: time,
        market,
        reverses: null,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning(["id", "shard", "branch", "seq", "event_index"])
    .execute();
  const entries = rows.flatMap((row): Insertable<LedgerTables["ledger_entries"]>[] => {
    const name = `${row.shard}/${row.branch}/${row.seq}/${row.event_index}`;
    return (byName.get(name)?.entries ?? []).map(({ account, asset, amount }, line) => ({
      transaction_id: String(row.id),
      line,
      account,
      asset,
      amount: amount.toString(),
    }));
  });
  if (entries.length > 0) await database.insertInto("ledger_entries").values(entries).execute();
  return rows.length;
}

/** Undoes whatever a fork that is over still holds: one reversing transaction each, at the time at which the fork ended. */
async function reverseEnded(database: Kysely<LedgerTables>, shard: string, branch: string): Promise<void> {
  await sql`
    WITH reversed AS (
      INSERT INTO ledger_transactions (shard, branch, seq, event_index, kind, state, time_ms, market, reverses)
        SELECT t.shard, t.branch, t.seq, t.event_index, 'reversal', 'provisional', f.time_ms, t.market, t.id
        FROM ledger_transactions t JOIN ledger_forks f ON f.shard = t.shard AND f.branch = t.branch
        WHERE t.shard = ${shard} AND t.branch = ${branch} AND t.state = 'provisional' AND t.reverses IS NULL
          AND NOT EXISTS (SELECT 1 FROM ledger_transactions r WHERE r.reverses = t.id)
        ORDER BY t.id
      RETURNING id, reverses
    ), sources AS (SELECT reversed.id, e.line, e.account, e.asset, e.amount FROM reversed JOIN ledger_entries e ON e.transaction_id = reversed.reverses)
    INSERT INTO ledger_entries (transaction_id, line, account, asset, amount)
      SELECT id, line, account, asset, -amount FROM sources`.execute(database);
}
