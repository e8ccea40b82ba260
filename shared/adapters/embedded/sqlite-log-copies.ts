import type { DatabaseSync } from "node:sqlite";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { LogRecord, Subscription } from "#shared/ports/command-log.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import { type CheckedRecord, checkedBytes, checksumOf } from "./checked-record.ts";
import { type DatabaseFile, openDatabase, transaction } from "./open-database.ts";
import { PollSubscription, SUBSCRIPTION_BATCH } from "./poll-subscription.ts";

const SCHEMA = {
  version: 1,
  statements: `
    CREATE TABLE copies (
      shard TEXT NOT NULL, origin TEXT NOT NULL, position INTEGER NOT NULL, bytes BLOB NOT NULL, crc INTEGER NOT NULL,
      PRIMARY KEY (shard, origin, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE fences (shard TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT`,
};

/** Opens the copies that a Region keeps of the others' logs. */
export function openSqliteLogCopies(options: DatabaseFile): LogCopies {
  return new SqliteLogCopies(openDatabase(options, SCHEMA), options.file);
}

class SqliteLogCopies implements LogCopies {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #insert;
  readonly #select;
  readonly #putFence;
  /** By log: the last position held, and who listens. */
  readonly #last = new Map<string, number>();
  readonly #subscriptions = new Map<string, Set<PollSubscription<LogRecord>>>();
  readonly #fences = new Map<string, number>();
  #closed = false;

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
    this.#insert = database.prepare("INSERT INTO copies VALUES (?, ?, ?, ?, ?)");
    this.#select = database.prepare(
      "SELECT position, bytes, crc FROM copies WHERE shard = ? AND origin = ? AND position > ? ORDER BY position LIMIT ?",
    );
    this.#putFence = database.prepare("INSERT OR REPLACE INTO fences VALUES (?, ?)");
    const last = database.prepare(
      "SELECT shard, origin, max(position) AS last FROM copies GROUP BY shard, origin",
    );
    for (const row of last.all())
      this.#last.set(nameOf(row.shard as string, row.origin as string), row.last as number);
    for (const row of database.prepare("SELECT shard, epoch FROM fences").all())
      this.#fences.set(row.shard as string, row.epoch as number);
  }

  async append(shard: ShardId, origin: RegionId, records: readonly LogRecord[]): Promise<void> {
    const name = nameOf(shard, origin);
    let last = this.#last.get(name) ?? 0;
    const fresh = records.filter(({ position }) => position > last);
    if (fresh.length === 0) return;
    transaction(this.#database, () => {
      for (const { position, bytes } of fresh) {
        assert(position > last, `copies of a log rise: ${position} is not above ${last}`);
        this.#insert.run(shard, origin, position, bytes, checksumOf(bytes));
        last = position;
      }
    });
    this.#last.set(name, last);
    for (const subscription of this.#subscriptions.get(name) ?? []) subscription.notify();
  }

  async read(shard: ShardId, origin: RegionId, after: number, limit: number): Promise<readonly LogRecord[]> {
    return this.#read(shard, origin, after, limit);
  }

  subscribe(
    shard: ShardId,
    origin: RegionId,
    after: number,
    onRecords: (records: readonly LogRecord[]) => void | Promise<void>,
  ): Subscription {
    let position = after;
    const next = () => {
      const records = this.#closed ? [] : this.#read(shard, origin, position, SUBSCRIPTION_BATCH);
      position = records.at(-1)?.position ?? position;
      return records;
    };
    const subscription = new PollSubscription(next, onRecords);
    const name = nameOf(shard, origin);
    const subscriptions = this.#subscriptions.get(name) ?? new Set();
    this.#subscriptions.set(name, subscriptions.add(subscription));
    subscription.notify();
    return {
      cancel: () => {
        subscription.cancel();
        subscriptions.delete(subscription);
      },
    };
  }

  lastPosition(shard: ShardId, origin: RegionId): number {
    return this.#last.get(nameOf(shard, origin)) ?? 0;
  }

  async fence(shard: ShardId, epoch: number): Promise<void> {
    if (epoch <= this.fencedEpoch(shard)) return;
    this.#putFence.run(shard, epoch);
    this.#fences.set(shard, epoch);
  }

  fencedEpoch(shard: ShardId): number {
    return this.#fences.get(shard) ?? 0;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const subscriptions of this.#subscriptions.values())
      for (const subscription of subscriptions) subscription.cancel();
    this.#database.close();
  }

  #read(shard: ShardId, origin: RegionId, after: number, limit: number): LogRecord[] {
    const rows = this.#select.all(shard, origin, after, limit) as unknown as (CheckedRecord & {
      readonly position: number;
    })[];
    return rows.map((row) => {
      const record = `the copy of the record at position ${row.position} of ${origin}, ${shard},`;
      return { position: row.position, bytes: checkedBytes(row, this.#file, record) };
    });
  }
}

function nameOf(shard: string, origin: string): string {
  return `${shard} ${origin}`;
}
