import type { DatabaseSync } from "node:sqlite";
import type { AuditEntry, AuditQuery, AuditTrail } from "#shared/ports/audit-trail.ts";
import { type DatabaseFile, openDatabase } from "./open-database.ts";

/** The triggers are for whoever opens the file with a tool: the past stays as it was written. */
const SCHEMA = {
  version: 1,
  statements: `
    CREATE TABLE entries (id TEXT PRIMARY KEY, entry TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TRIGGER entries_not_changed BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
    CREATE TRIGGER entries_not_deleted BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the audit trail is never shortened'); END`,
};

/** Opens a Region's audit trail. */
export function openSqliteAuditTrail(options: DatabaseFile): AuditTrail {
  return new SqliteAuditTrail(openDatabase(options, SCHEMA));
}

class SqliteAuditTrail implements AuditTrail {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async write(entry: AuditEntry): Promise<void> {
    this.#database
      .prepare("INSERT INTO entries (id, entry) VALUES (?, ?) ON CONFLICT (id) DO NOTHING")
      .run(entry.id, JSON.stringify(entry));
  }

  async read({ before, limit }: AuditQuery): Promise<readonly AuditEntry[]> {
    const rows =
      before === undefined
        ? this.#database.prepare("SELECT entry FROM entries ORDER BY id DESC LIMIT ?").all(limit)
        : this.#database
            .prepare("SELECT entry FROM entries WHERE id < ? ORDER BY id DESC LIMIT ?")
            .all(before, limit);
    return rows.map(({ entry }) => JSON.parse(String(entry)) as AuditEntry);
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}
