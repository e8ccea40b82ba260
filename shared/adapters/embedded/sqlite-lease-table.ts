import type { DatabaseSync } from "node:sqlite";
import type { LeaseRecord, LeaseTable } from "#shared/ports/lease-table.ts";
import { type DatabaseFile, openDatabase } from "./open-database.ts";

const SCHEMA = {
  version: 1,
  statements:
    "CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, beat INTEGER NOT NULL) STRICT, WITHOUT ROWID",
};

/** Opens a table of leases that processes of this machine share. */
export function openSqliteLeaseTable(options: DatabaseFile): LeaseTable {
  return new SqliteLeaseTable(openDatabase(options, SCHEMA));
}

class SqliteLeaseTable implements LeaseTable {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async read(name: string): Promise<LeaseRecord | undefined> {
    const row = this.#database.prepare("SELECT holder, beat FROM leases WHERE name = ?").get(name);
    return row === undefined ? undefined : { holder: row.holder as string, beat: row.beat as number };
  }

  async swap(name: string, expected: LeaseRecord | undefined, next: LeaseRecord): Promise<boolean> {
    const { changes } =
      expected === undefined
        ? this.#database
            .prepare("INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING")
            .run(name, next.holder, next.beat)
        : this.#database
            .prepare("UPDATE leases SET holder = ?, beat = ? WHERE name = ? AND holder = ? AND beat = ?")
            .run(next.holder, next.beat, name, expected.holder, expected.beat);
    return changes === 1;
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}
