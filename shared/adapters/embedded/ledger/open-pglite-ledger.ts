import { Kysely } from "kysely";
import type { LedgerTables } from "#shared/adapters/sql/ledger/ledger-tables.ts";
import { openSqlLedger } from "#shared/adapters/sql/ledger/sql-ledger.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import { PGliteDialect } from "./pglite-dialect.ts";
import { PGliteThread } from "./pglite-thread.ts";

/** Opens the ledger on a PostgreSQL of this process, in a folder or in memory; a signal ends it while it opens. `StorageError`. */
export async function openPGliteLedger(folder?: string, signal?: AbortSignal): Promise<Ledger> {
  const thread = await PGliteThread.open(folder, signal);
  return openSqlLedger(new Kysely<LedgerTables>({ dialect: new PGliteDialect(thread) }));
}
