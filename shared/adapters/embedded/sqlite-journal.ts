import type { DatabaseSync } from "node:sqlite";
import { decodeOutcome, encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, Seq } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { BranchRun, Journal } from "#shared/ports/journal.ts";
import { type CheckedRecord, checkedBytes, checksumOf } from "./checked-record.ts";
import { type DatabaseFile, openDatabase, transaction } from "./open-database.ts";
import { PollSubscription, SUBSCRIPTION_BATCH } from "./poll-subscription.ts";

const SCHEMA = {
  version: 3,
  statements: `
    CREATE TABLE outcomes (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL, crc INTEGER NOT NULL) STRICT;
    CREATE TABLE branches (firstSeq INTEGER PRIMARY KEY, branch TEXT NOT NULL) STRICT;
    CREATE TABLE superseded (
      branch TEXT NOT NULL, seq INTEGER NOT NULL, bytes BLOB NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (branch, seq)
    ) STRICT, WITHOUT ROWID`,
};

/** One who subscribed, and how far it was given outcomes. */
interface Reader {
  readonly subscription: PollSubscription<Outcome>;
  seq: number;
  /** Where the tape went back to, and the reader does not know yet. */
  rewoundTo: number | undefined;
}

/** Opens the journal of one shard. */
export function openSqliteJournal(options: DatabaseFile): Journal {
  return new SqliteJournal(openDatabase(options, SCHEMA), options.file);
}

class SqliteJournal implements Journal {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #insert;
  readonly #insertBranch;
  readonly #select;
  readonly #selectSuperseded;
  readonly #readers = new Set<Reader>();
  /** Where each branch begins, by rising seq. */
  #begins: { readonly firstSeq: number; readonly branch: BranchId }[];
  #first: number;
  #last: number;
  /** Of what is held now, once somebody has asked: it is asked for with every outcome that is told, and changes with every commit. */
  #branches: readonly BranchRun[] | undefined;
  #closed = false;

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
    this.#insert = database.prepare("INSERT INTO outcomes (seq, bytes, crc) VALUES (?, ?, ?)");
    this.#select = database.prepare(
      "SELECT seq, bytes, crc FROM outcomes WHERE seq > ? ORDER BY seq LIMIT ?",
    );
    this.#insertBranch = database.prepare("INSERT INTO branches (firstSeq, branch) VALUES (?, ?)");
    this.#selectSuperseded = database.prepare(
      "SELECT seq, bytes, crc FROM superseded WHERE branch = ? AND seq > ? ORDER BY seq LIMIT ?",
    );
    this.#begins = database
      .prepare("SELECT firstSeq, branch FROM branches ORDER BY firstSeq")
      .all()
      .map((row) => ({ firstSeq: row.firstSeq as number, branch: row.branch as BranchId }));
    const row = database.prepare("SELECT min(seq) AS first, max(seq) AS last FROM outcomes").get();
    this.#first = Number(row?.first ?? 0);
    this.#last = Number(row?.last ?? 0);
  }

  async append(outcomes: readonly Outcome[]): Promise<void> {
    const fresh = outcomes.filter(({ seq }) => this.#last === 0 || seq > this.#last);
    if (fresh.length === 0) return;
    let expected = this.#last === 0 ? fresh[0]?.seq : this.#last + 1;
    const begins = [...this.#begins];
    transaction(this.#database, () => {
      for (const outcome of fresh) {
        const { seq, branch } = outcome;
        assert(seq === expected, `the journal expects seq ${expected}, not ${seq}`);
        const bytes = encodeOutcome(outcome);
        this.#insert.run(seq, bytes, checksumOf(bytes));
        if (begins.at(-1)?.branch !== branch) {
          this.#insertBranch.run(seq, branch);
          begins.push({ firstSeq: seq, branch });
        }
        expected++;
      }
    });
    this.#begins = begins;
    if (this.#first === 0) this.#first = fresh[0]?.seq ?? 0;
    this.#last = fresh.at(-1)?.seq ?? this.#last;
    this.#branches = undefined;
    for (const { subscription } of this.#readers) subscription.notify();
  }

  async rewind(toSeq: number): Promise<void> {
    if (toSeq >= this.#last) return;
    const taken = this.branches().filter(({ lastSeq }) => lastSeq > toSeq);
    transaction(this.#database, () => {
      const keep = this.#database.prepare(
        "INSERT OR IGNORE INTO superseded SELECT ?1, seq, bytes, crc FROM outcomes WHERE seq > ?2 AND seq BETWEEN ?3 AND ?4",
      );
      for (const { branch, firstSeq, lastSeq } of taken) keep.run(branch, toSeq, firstSeq, lastSeq);
      this.#database.prepare("DELETE FROM outcomes WHERE seq > ?").run(toSeq);
      this.#database.prepare("DELETE FROM branches WHERE firstSeq > ?").run(toSeq);
    });
    this.#begins = this.#begins.filter(({ firstSeq }) => firstSeq <= toSeq);
    this.#last = toSeq < this.#first ? 0 : toSeq;
    if (this.#last === 0) this.#first = 0;
    this.#branches = undefined;
    for (const reader of this.#readers) {
      if (reader.seq <= toSeq) continue;
      reader.seq = toSeq;
      reader.rewoundTo = toSeq;
      reader.subscription.notify();
    }
  }

  async readSuperseded(branch: BranchId, after: number, limit: number): Promise<readonly Outcome[]> {
    const rows = this.#selectSuperseded.all(branch, after, limit) as unknown as Row[];
    return rows.map((row) => this.#decode(row));
  }

  branches(): readonly BranchRun[] {
    this.#branches ??= this.#begins.map(({ branch, firstSeq }, at) => ({
      branch,
      firstSeq: firstSeq as Seq,
      lastSeq: ((this.#begins[at + 1]?.firstSeq ?? this.#last + 1) - 1) as Seq,
    }));
    return this.#branches;
  }

  async read(after: number, limit: number): Promise<readonly Outcome[]> {
    return this.#read(after, limit);
  }

  subscribe(
    after: number,
    onOutcomes: (outcomes: readonly Outcome[]) => void | Promise<void>,
    onRewind: (toSeq: Seq) => void | Promise<void> = () => {},
  ): Subscription {
    const next = () => {
      const outcomes = this.#closed ? [] : this.#read(reader.seq, SUBSCRIPTION_BATCH);
      reader.seq = outcomes.at(-1)?.seq ?? reader.seq;
      return outcomes;
    };
    const tellRewind = () => {
      const { rewoundTo } = reader;
      reader.rewoundTo = undefined;
      return rewoundTo === undefined ? undefined : Promise.resolve(onRewind(rewoundTo as Seq));
    };
    const subscription = new PollSubscription(next, onOutcomes, tellRewind);
    const reader: Reader = { subscription, seq: after, rewoundTo: undefined };
    this.#readers.add(reader);
    subscription.notify();
    return {
      cancel: () => {
        subscription.cancel();
        this.#readers.delete(reader);
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
    for (const { subscription } of this.#readers) subscription.cancel();
    this.#database.close();
    return Promise.resolve();
  }

  #read(after: number, limit: number): Outcome[] {
    const rows = this.#select.all(after, limit) as unknown as Row[];
    return rows.map((row) => this.#decode(row));
  }

  #decode(row: Row): Outcome {
    return decodeOutcome(checkedBytes(row, this.#file, `the outcome of seq ${row.seq}`));
  }
}

interface Row extends CheckedRecord {
  readonly seq: number;
}
