import type { DatabaseSync } from "node:sqlite";
import type { AppendResult, CommandLog, LogRecord, Subscription } from "#shared/ports/command-log.ts";
import { type CheckedRecord, checkedBytes, checksumOf } from "./checked-record.ts";
import { type DatabaseFile, openDatabase, transaction } from "./open-database.ts";
import { PollSubscription, SUBSCRIPTION_BATCH } from "./poll-subscription.ts";

export interface SqliteCommandLogOptions extends DatabaseFile {
  /** Appends that may wait for the next commit; more are refused as `overloaded`. */
  readonly maxWaiting?: number;
  /** Told when the database no longer takes commits; the log then refuses everything. */
  readonly onFailure?: (error: unknown) => void;
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly settle: (result: AppendResult) => void;
}

const DEFAULT_MAX_WAITING = 20_000;

const SCHEMA = {
  version: 2,
  statements:
    "CREATE TABLE log (position INTEGER PRIMARY KEY AUTOINCREMENT, bytes BLOB NOT NULL, crc INTEGER NOT NULL) STRICT",
};

/** Opens the log of one shard. Commands of one turn of the event loop share one commit and so one fsync. */
export function openSqliteCommandLog(options: SqliteCommandLogOptions): CommandLog {
  return new SqliteCommandLog(openDatabase(options, SCHEMA), options);
}

class SqliteCommandLog implements CommandLog {
  readonly #database: DatabaseSync;
  readonly #options: SqliteCommandLogOptions;
  readonly #insert;
  readonly #select;
  readonly #subscriptions = new Set<PollSubscription<LogRecord>>();
  #waiting: Waiting[] = [];
  #scheduled = false;
  #last: number;
  #state: "open" | "failed" | "closed" = "open";

  constructor(database: DatabaseSync, options: SqliteCommandLogOptions) {
    this.#database = database;
    this.#options = options;
    this.#insert = database.prepare("INSERT INTO log (bytes, crc) VALUES (?, ?)");
    this.#select = database.prepare(
      "SELECT position, bytes, crc FROM log WHERE position > ? ORDER BY position LIMIT ?",
    );
    const row = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'log'").get();
    this.#last = Number(row?.seq ?? 0);
  }

  append(bytes: Uint8Array): Promise<AppendResult> {
    if (this.#state !== "open") return Promise.resolve({ ok: false, error: "closed" });
    if (this.#waiting.length >= (this.#options.maxWaiting ?? DEFAULT_MAX_WAITING)) {
      return Promise.resolve({ ok: false, error: "overloaded" });
    }
    const { promise, resolve } = Promise.withResolvers<AppendResult>();
    this.#waiting.push({ bytes, settle: resolve });
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.#commit());
    }
    return promise;
  }

  async read(after: number, limit: number): Promise<readonly LogRecord[]> {
    return this.#read(after, limit);
  }

  subscribe(after: number, onRecords: (records: readonly LogRecord[]) => void | Promise<void>): Subscription {
    let position = after;
    const next = () => {
      const records = this.#state === "closed" ? [] : this.#read(position, SUBSCRIPTION_BATCH);
      position = records.at(-1)?.position ?? position;
      return records;
    };
    const subscription = new PollSubscription(next, onRecords);
    this.#subscriptions.add(subscription);
    subscription.notify();
    return {
      cancel: () => {
        subscription.cancel();
        this.#subscriptions.delete(subscription);
      },
    };
  }

  lastPosition(): number {
    return this.#last;
  }

  async trim(through: number): Promise<void> {
    this.#database.prepare("DELETE FROM log WHERE position <= ?").run(through);
  }

  close(): Promise<void> {
    if (this.#state === "closed") return Promise.resolve();
    if (this.#state === "open") this.#commit();
    this.#state = "closed";
    for (const subscription of this.#subscriptions) subscription.cancel();
    this.#database.close();
    return Promise.resolve();
  }

  /** Group commit: everything that waits, one transaction, one fsync, then all are told. */
  #commit(): void {
    this.#scheduled = false;
    const batch = this.#waiting;
    if (batch.length === 0 || this.#state !== "open") return;
    this.#waiting = [];
    const positions: number[] = [];
    try {
      transaction(this.#database, () => {
        for (const { bytes } of batch)
          positions.push(Number(this.#insert.run(bytes, checksumOf(bytes)).lastInsertRowid));
      });
    } catch (error) {
      // A failed commit may still be found after a restart: the honest answer is "unknown".
      this.#state = "failed";
      for (const { settle } of batch) settle({ ok: false, error: "unknown" });
      this.#options.onFailure?.(error);
      return;
    }
    this.#last = positions.at(-1) ?? this.#last;
    for (const [at, { settle }] of batch.entries())
      settle({ ok: true, position: positions[at] ?? this.#last });
    for (const subscription of this.#subscriptions) subscription.notify();
  }

  #read(after: number, limit: number): LogRecord[] {
    const { file } = this.#options;
    const rows = this.#select.all(after, limit) as unknown as (CheckedRecord & {
      readonly position: number;
    })[];
    return rows.map((row) => {
      const { position } = row;
      return { position, bytes: checkedBytes(row, file, `the record at position ${position}`) };
    });
  }
}
