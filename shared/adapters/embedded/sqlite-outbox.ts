import type { DatabaseSync } from "node:sqlite";
import { decodeCommand, encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { AccountId, CommandId, ShardId } from "#shared/domain/ids.ts";
import type { Outbox, OutboxEntry, OutboxState } from "#shared/ports/outbox.ts";
import { type CheckedRecord, checkedBytes, checksumOf } from "./checked-record.ts";
import { type DatabaseFile, openDatabase, transaction } from "./open-database.ts";

const SCHEMA = {
  version: 1,
  statements: `
    CREATE TABLE outbox (
      place INTEGER PRIMARY KEY AUTOINCREMENT, commandId TEXT NOT NULL UNIQUE, shard TEXT NOT NULL, account INTEGER NOT NULL, state TEXT NOT NULL,
      queuedAt INTEGER NOT NULL, changedAt INTEGER NOT NULL, bytes BLOB NOT NULL, crc INTEGER NOT NULL
    ) STRICT`,
};

/** Opens a gateway's outbox. */
export function openSqliteOutbox(options: DatabaseFile): Outbox {
  return new SqliteOutbox(openDatabase(options, SCHEMA), options.file);
}

interface Row extends CheckedRecord {
  readonly commandId: string;
  readonly shard: string;
  readonly account: number;
  readonly state: string;
  readonly queuedAt: number;
  readonly changedAt: number;
}

class SqliteOutbox implements Outbox {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #put;
  readonly #remove;
  readonly #select;

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
    this.#put = database.prepare(
      `INSERT INTO outbox (commandId, shard, account, state, queuedAt, changedAt, bytes, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (commandId) DO UPDATE SET state = excluded.state, queuedAt = excluded.queuedAt, changedAt = excluded.changedAt,
         bytes = excluded.bytes, crc = excluded.crc`,
    );
    this.#remove = database.prepare("DELETE FROM outbox WHERE commandId = ?");
    this.#select = database.prepare("SELECT * FROM outbox ORDER BY place");
  }

  async put(entries: readonly OutboxEntry[]): Promise<void> {
    transaction(this.#database, () => {
      for (const { shard, account, state, queuedAt, changedAt, envelope } of entries) {
        const bytes = encodeCommand(envelope);
        this.#put.run(
          envelope.commandId,
          shard,
          account,
          state,
          queuedAt,
          changedAt,
          bytes,
          checksumOf(bytes),
        );
      }
    });
  }

  async remove(commandIds: readonly CommandId[]): Promise<void> {
    transaction(this.#database, () => {
      for (const commandId of commandIds) this.#remove.run(commandId);
    });
  }

  async entries(): Promise<readonly OutboxEntry[]> {
    const rows = this.#select.all() as unknown as Row[];
    return rows.map((row) => ({
      shard: row.shard as ShardId,
      account: row.account as AccountId,
      state: row.state as OutboxState,
      queuedAt: row.queuedAt,
      changedAt: row.changedAt,
      envelope: decodeCommand(checkedBytes(row, this.#file, `the command ${row.commandId}`)),
    }));
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}
