import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";
import type { Ledger, LedgerReader } from "#shared/ports/ledger.ts";
import type { LedgerTables } from "./ledger-tables.ts";
import { openSqlLedger, openSqlLedgerReader } from "./sql-ledger.ts";

export interface PostgresLedgerOptions {
  /** `postgres://user:password@host:port/database`: PostgreSQL, or the writer endpoint of an Aurora cluster. */
  readonly connectionString: string;
  /** Connections at most; a function needs one. */
  readonly connectionsMax?: number;
  /** A connection broke; the next use opens another. */
  readonly onConnectionLost?: (error: Error) => void;
}

const CONNECTIONS_MAX = 4;
const CONNECT_MS = 5000;
/** No statement of the ledger takes so long; what does is given up, and tried again. */
const STATEMENT_MS = 20_000;

/** Opens the ledger on PostgreSQL or Aurora. `LedgerUnavailable`, `StorageError`. */
export function openPostgresLedger(options: PostgresLedgerOptions): Promise<Ledger> {
  return openSqlLedger(databaseOf(options));
}

/** Opens it for who only reads it: the database itself refuses everything else. `LedgerUnavailable`. */
export function openPostgresLedgerReader(options: PostgresLedgerOptions): Promise<LedgerReader> {
  return openSqlLedgerReader(databaseOf(options, "-c default_transaction_read_only=on"));
}

function databaseOf(
  { connectionString, connectionsMax = CONNECTIONS_MAX, onConnectionLost = () => {} }: PostgresLedgerOptions,
  settings?: string,
): Kysely<LedgerTables> {
  const pool = new Pool({
    connectionString,
    ...(settings === undefined ? {} : { options: settings }),
    max: connectionsMax,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: STATEMENT_MS,
  });
  pool.on("error", onConnectionLost);
  // The pool does not listen to a connection that is in use: one that breaks then would end the process, though its statement fails anyway.
  pool.on("connect", (client) => client.on("error", onConnectionLost));
  return new Kysely<LedgerTables>({ dialect: new PostgresDialect({ pool }) });
}
