import type { DatabaseSync } from "node:sqlite";
import { decodeOutcome, encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { Journal } from "#shared/ports/journal.ts";
import { type CheckedRecord, checkedBytes, checksumOf } from "./checked-record.ts";
import { type DatabaseFile, openDatabase, transaction } from "./open-database.ts";
import { PollSubscription, SUBSCRIPTION_BATCH } from "./poll-subscription.ts";

const SCHEMA = {
  version: 2,
  statements:
    "CREATE TABLE outcomes (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL, crc INTEGER NOT NULL) STRICT",
};

/** Opens the journal of one shard. */
export function openSqliteJournal(options: DatabaseFile): Journal {
  return new SqliteJournal(openDatabase(options, SCHEMA), options.file);
}

class SqliteJournal implements Journal {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #insert;
  readonly #select;
  readonly #subscriptions = new Set<PollSubscription<Outcome>>();
  #first: number;
  #last: number;
  #closed = false;

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
    this.#insert = database.prepare("INSERT INTO outcomes (seq, bytes, crc) VALUES (?, ?, ?)");
    this.#select = database.prepare(
      "SELECT seq, bytes, crc FROM outcomes WHERE seq > ? ORDER BY seq LIMIT ?",
    );
    const row = database.prepare("SELECT min(seq) AS first, max(seq) AS last FROM outcomes").get();
    this.#first = Number(row?.first ?? 0);
    this.#last = Number(row?.last ?? 0);
  }

  async append(outcomes: readonly Outcome[]): Promise<void> {
    const fresh = outcomes.filter(({ seq }) => this.#last === 0 || seq > this.#last);
    if (fresh.length === 0) return;
    let expected = this.#last === 0 ? fresh[0]?.seq : this.#last + 1;
    transaction(this.#database, () => {
      for (const outcome of fresh) {
        assert(outcome.seq === expected, `the journal expects seq ${expected}, not ${outcome.seq}`);
        const bytes = encodeOutcome(outcome);
        this.#insert.run(outcome.seq, bytes, checksumOf(bytes));
        expected++;
      }
    });
    if (this.#first === 0) this.#first = fresh[0]?.seq ?? 0;
    this.#last = fresh.at(-1)?.seq ?? this.#last;
    for (const subscription of this.#subscriptions) subscription.notify();
  }

  async read(after: number, limit: number): Promise<readonly Outcome[]> {
    return this.#read(after, limit);
  }

  subscribe(after: number, onOutcomes: (outcomes: readonly Outcome[]) => void | Promise<void>): Subscription {
    let seq = after;
    const next = () => {
      const outcomes = this.#closed ? [] : this.#read(seq, SUBSCRIPTION_BATCH);
      seq = outcomes.at(-1)?.seq ?? seq;
      return outcomes;
    };
    const subscription = new PollSubscription(next, onOutcomes);
    this.#subscriptions.add(subscription);
    subscription.notify();
    return {
      cancel: () => {
        subscription.cancel();
        this.#subscriptions.delete(subscription);
      },
    };
  }

  lastSeq(): number {
    return this.#last;
  }

  firstSeq(): number {
    return this.#first;
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    for (const subscription of this.#subscriptions) subscription.cancel();
    this.#database.close();
    return Promise.resolve();
  }

  #read(after: number, limit: number): Outcome[] {
    const rows = this.#select.all(after, limit) as unknown as (CheckedRecord & { readonly seq: number })[];
    return rows.map((row) => decodeOutcome(checkedBytes(row, this.#file, `the outcome of seq ${row.seq}`)));
  }
}
