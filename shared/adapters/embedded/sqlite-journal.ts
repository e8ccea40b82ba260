import type { DatabaseSync } from "node:sqlite";
import { decodeOutcome, encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { Journal } from "#shared/ports/journal.ts";
import { openDatabase, transaction } from "./open-database.ts";
import { PollSubscription } from "./poll-subscription.ts";

const SUBSCRIPTION_BATCH = 500;

const SCHEMA = {
  version: 1,
  statements: "CREATE TABLE outcomes (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
};

/** Opens the journal of one shard. */
export function openSqliteJournal(options: { readonly file: string }): Journal {
  return new SqliteJournal(openDatabase(options.file, SCHEMA));
}

class SqliteJournal implements Journal {
  readonly #database: DatabaseSync;
  readonly #insert;
  readonly #select;
  readonly #subscriptions = new Set<PollSubscription<Outcome>>();
  #first: number;
  #last: number;
  #closed = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare("INSERT INTO outcomes (seq, bytes) VALUES (?, ?)");
    this.#select = database.prepare("SELECT bytes FROM outcomes WHERE seq > ? ORDER BY seq LIMIT ?");
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
        this.#insert.run(outcome.seq, encodeOutcome(outcome));
        expected++;
      }
    });
    if (this.#first === 0) this.#first = fresh[0]?.seq ?? 0;
    this.#last = fresh.at(-1)?.seq ?? this.#last;
    for (const subscription of this.#subscriptions) subscription.notify();
  }

  read(after: number, limit: number): Promise<readonly Outcome[]> {
    return Promise.resolve(this.#read(after, limit));
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
    return this.#select.all(after, limit).map((row) => decodeOutcome(row.bytes as Uint8Array));
  }
}
