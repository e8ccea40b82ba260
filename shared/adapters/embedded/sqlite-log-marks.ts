import type { DatabaseSync } from "node:sqlite";
import type { LogMark, LogMarks } from "#shared/ports/log-marks.ts";
import { type DatabaseFile, openDatabase, transaction } from "./open-database.ts";

const SCHEMA = {
  version: 1,
  statements: `
    CREATE TABLE marks (
      log TEXT NOT NULL, position INTEGER NOT NULL, stream_shard TEXT NOT NULL, sequence_number TEXT NOT NULL,
      PRIMARY KEY (log, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE trims (log TEXT PRIMARY KEY, through INTEGER NOT NULL) STRICT`,
};

/** Opens the marks of logs on a Kinesis stream of this machine. */
export function openSqliteLogMarks(options: DatabaseFile): LogMarks {
  return new SqliteLogMarks(openDatabase(options, SCHEMA));
}

class SqliteLogMarks implements LogMarks {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async list(log: string): Promise<readonly LogMark[]> {
    const rows = this.#database
      .prepare("SELECT position, stream_shard, sequence_number FROM marks WHERE log = ? ORDER BY position")
      .all(log);
    return rows.map((row) => ({
      position: row.position as number,
      streamShard: row.stream_shard as string,
      sequenceNumber: row.sequence_number as string,
    }));
  }

  async put(log: string, { position, streamShard, sequenceNumber }: LogMark): Promise<void> {
    this.#database
      .prepare("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)")
      .run(log, position, streamShard, sequenceNumber);
  }

  async trim(log: string, through: number): Promise<void> {
    transaction(this.#database, () => {
      this.#database
        .prepare(
          "INSERT INTO trims VALUES (?1, ?2) ON CONFLICT (log) DO UPDATE SET through = max(through, ?2)",
        )
        .run(log, through);
      // The last one at or before it is where reading behind it begins.
      this.#database
        .prepare(
          `DELETE FROM marks WHERE log = ?1 AND position <
            (SELECT max(position) FROM marks WHERE log = ?1 AND position <= ?2)`,
        )
        .run(log, through);
    });
  }

  async trimmed(log: string): Promise<number> {
    return Number(this.#database.prepare("SELECT through FROM trims WHERE log = ?").get(log)?.through ?? 0);
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}
