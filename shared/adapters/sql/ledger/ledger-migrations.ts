import { type Kysely, type Migration, type MigrationProvider, Migrator, sql } from "kysely";
import { StorageError } from "#shared/adapters/embedded/storage-errors.ts";

/** What each version of the ledger's tables adds, oldest first. One that was released is never changed. */
const MIGRATIONS: Readonly<Record<string, readonly string[]>> = {
  "0001-double-entry": [
    `CREATE TABLE ledger_transactions (
       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       shard text NOT NULL, branch text NOT NULL, seq bigint NOT NULL CHECK (seq > 0), event_index integer NOT NULL CHECK (event_index >= 0),
       kind text NOT NULL CHECK (kind IN ('trade', 'deposit', 'withdrawal', 'transfer-out', 'transfer-in', 'reversal')),
       state text NOT NULL CHECK (state IN ('final', 'provisional')),
       time_ms bigint NOT NULL, market text NOT NULL,
       reverses bigint UNIQUE REFERENCES ledger_transactions (id),
       CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
       CHECK (reverses IS NULL OR state = 'provisional')
     )`,
    // The name of an event, once for what it did and once for what undid it.
    `CREATE UNIQUE INDEX ledger_transactions_name ON ledger_transactions (shard, branch, seq, event_index, (reverses IS NOT NULL))`,
    `CREATE INDEX ledger_transactions_seq ON ledger_transactions (shard, state, seq)`,
    `CREATE TABLE ledger_entries (
       transaction_id bigint NOT NULL REFERENCES ledger_transactions (id), line integer NOT NULL,
       account bigint NOT NULL, asset text NOT NULL, amount numeric(38, 0) NOT NULL CHECK (amount <> 0),
       PRIMARY KEY (transaction_id, line)
     )`,
    `CREATE INDEX ledger_entries_account ON ledger_entries (account, transaction_id DESC, line)`,
    `CREATE TABLE ledger_balances (
       shard text NOT NULL, account bigint NOT NULL, asset text NOT NULL, state text NOT NULL, amount numeric(38, 0) NOT NULL,
       PRIMARY KEY (shard, account, asset, state)
     )`,
    `CREATE INDEX ledger_balances_account ON ledger_balances (account)`,
    `CREATE TABLE ledger_forks (shard text NOT NULL, branch text NOT NULL, time_ms bigint NOT NULL, PRIMARY KEY (shard, branch))`,
    // Looked at when the database transaction commits: by then all entries are there.
    `CREATE FUNCTION ledger_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
     DECLARE wrong text;
     BEGIN
       SELECT asset INTO wrong FROM ledger_entries WHERE transaction_id = NEW.transaction_id GROUP BY asset HAVING sum(amount) <> 0 LIMIT 1;
       IF wrong IS NOT NULL THEN
         RAISE EXCEPTION 'ledger transaction % does not add up to zero in %', NEW.transaction_id, wrong USING ERRCODE = 'check_violation';
       END IF;
       RETURN NULL;
     END $$`,
    `CREATE CONSTRAINT TRIGGER ledger_entries_add_up AFTER INSERT ON ledger_entries DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION ledger_adds_up()`,
    `CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION '% of % is refused: the ledger is only added to', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$`,
    `CREATE TRIGGER ledger_transactions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()`,
    `CREATE TRIGGER ledger_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()`,
    // In one order for all, so that two batches never wait for each other in a circle.
    `CREATE FUNCTION ledger_sums() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       INSERT INTO ledger_balances AS balance (shard, account, asset, state, amount)
         SELECT t.shard, e.account, e.asset, t.state, sum(e.amount) FROM added e JOIN ledger_transactions t ON t.id = e.transaction_id
         GROUP BY t.shard, e.account, e.asset, t.state ORDER BY t.shard, e.account, e.asset, t.state
       ON CONFLICT (shard, account, asset, state) DO UPDATE SET amount = balance.amount + excluded.amount;
       RETURN NULL;
     END $$`,
    `CREATE TRIGGER ledger_entries_sums AFTER INSERT ON ledger_entries REFERENCING NEW TABLE AS added
       FOR EACH STATEMENT EXECUTE FUNCTION ledger_sums()`,
  ],
  "0002-analytics": [
    `CREATE FUNCTION ledger_day(time_ms bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
       $$ SELECT to_char(to_timestamp(time_ms / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD') $$`,
    `CREATE INDEX ledger_transactions_day ON ledger_transactions (ledger_day(time_ms), state, kind)`,
    // Lines of a trade: 0 is what the buyer paid in quote, 1 what the seller gave in base.
    `CREATE VIEW ledger_volume_by_day AS
       SELECT ledger_day(t.time_ms) AS day, t.market, min(b.asset) AS base, sum(-b.amount) AS base_amount,
         min(q.asset) AS quote, sum(-q.amount) AS quote_amount, count(*) AS trades
       FROM ledger_transactions t
         JOIN ledger_entries q ON q.transaction_id = t.id AND q.line = 0
         JOIN ledger_entries b ON b.transaction_id = t.id AND b.line = 1
       WHERE t.kind = 'trade' AND t.state = 'final' GROUP BY 1, 2`,
    `CREATE VIEW ledger_fees_by_day AS
       SELECT ledger_day(t.time_ms) AS day, e.asset, sum(e.amount) AS amount
       FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id
       WHERE e.account = 0 AND t.kind = 'trade' AND t.state = 'final' GROUP BY 1, 2`,
    `CREATE VIEW ledger_positions_by_day AS
       SELECT day, account, asset, sum(amount) OVER (PARTITION BY account, asset ORDER BY day)::numeric(38, 0) AS amount
       FROM (
         SELECT ledger_day(t.time_ms) AS day, e.account, e.asset, sum(e.amount) AS amount
         FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id WHERE t.state = 'final' GROUP BY 1, 2, 3
       ) AS changes`,
  ],
};

class LedgerMigrations implements MigrationProvider {
  async getMigrations(): Promise<Record<string, Migration>> {
    return Object.fromEntries(
      Object.entries(MIGRATIONS).map(([name, statements]) => [
        name,
        {
          up: async (database: Kysely<unknown>) => {
            for (const statement of statements) await sql.raw(statement).execute(database);
          },
        },
      ]),
    );
  }
}

/** Brings the tables to the version of this program, in one transaction; two that start at once do it once. Throws `StorageError`, and what the connection throws. */
export async function migrateLedger<T>(database: Kysely<T>): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: new LedgerMigrations(),
    migrationTableName: "ledger_migrations",
    migrationLockTableName: "ledger_migration_lock",
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && "code" in error) throw error;
  throw new StorageError(`The ledger's tables cannot be brought to this version: ${String(error)}`);
}
