import { PollSubscription, SUBSCRIPTION_BATCH } from "#shared/adapters/embedded/poll-subscription.ts";
import type { LogRecord, Subscription } from "#shared/ports/command-log.ts";
import type { LogMark, LogMarks } from "#shared/ports/log-marks.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { Aggregate } from "./aggregate.ts";
import { LogPast } from "./log-past.ts";
import { LogPlaces } from "./log-places.ts";
import { LogWindow, type LogWindowOptions } from "./log-window.ts";
import { MarkKeeper } from "./mark-keeper.ts";
import { numbered } from "./numbering.ts";
import { readStream, type StreamReading } from "./read-stream.ts";
import type { StreamRecord } from "./shard-source.ts";

/** A record of the stream that is no aggregate: it took a position all the same. Somebody has written to the stream who should not. */
export interface UndecodableRecord {
  readonly log: string;
  readonly position: number;
  readonly streamShard: string;
  readonly sequenceNumber: string;
  readonly reason: string;
}

/** An aggregate, the position that it stands behind, and its sequence number. */
export type AggregateRead = (aggregate: Aggregate, position: number, sequenceNumber: string) => void;

export interface LogReaderOptions {
  /** How the newest records are read: fan-out where there is one. */
  readonly tail: StreamReading;
  /** How a reader that has fallen behind catches up: by polling. */
  readonly past: StreamReading;
  /** The log's name: the partition key of its records. */
  readonly log: string;
  readonly marks: LogMarks;
  readonly window: LogWindowOptions;
  readonly onAggregate?: AggregateRead;
  readonly onUndecodable: (record: UndecodableRecord) => void;
  /** An operating error that ends the reader: the task must stop and start again. */
  readonly onFailure: (error: unknown) => void;
}

type LogSubscription = PollSubscription<LogRecord>;

/** Reads a log of the own Region or of another one: follows its end, keeps the newest records in memory, and reads older ones from the stream again. */
export class LogReader {
  readonly #options: LogReaderOptions;
  readonly #window: LogWindow;
  readonly #places: LogPlaces;
  readonly #marks: MarkKeeper;
  readonly #controller = new AbortController();
  readonly #subscriptions = new Set<LogSubscription>();
  readonly #pasts = new Set<LogPast>();
  readonly #tip = Promise.withResolvers<boolean>();
  readonly #running: Promise<void>;
  #trimmed: number;
  #state: "open" | "failed" | "closed" = "open";

  /** Begins to follow the log from its newest mark on. */
  static async start(options: LogReaderOptions): Promise<LogReader> {
    const { marks, log } = options;
    try {
      return new LogReader(options, await marks.list(log), await marks.trimmed(log));
    } catch (error) {
      await marks.close();
      throw error;
    }
  }

  private constructor(options: LogReaderOptions, kept: readonly LogMark[], trimmed: number) {
    this.#options = options;
    const newest = kept.at(-1);
    this.#window = new LogWindow(newest?.position ?? 0, options.window);
    this.#places = new LogPlaces(kept);
    const { marks, log, tail } = options;
    this.#marks = new MarkKeeper({
      marks,
      log,
      clock: tail.clock,
      random: tail.random,
      isNew: newest === undefined,
    });
    this.#trimmed = trimmed;
    this.#running = this.#follow(newest).catch((error: unknown) => this.#fail(error));
  }

  /** Resolves when it has come to the end of the log as it then was; false if that could not be had. */
  get tip(): Promise<boolean> {
    return this.#tip.promise;
  }

  lastPosition(): number {
    return this.#window.last;
  }

  async read(after: number, limit: number): Promise<readonly LogRecord[]> {
    this.#assertOpen();
    const from = Math.max(after, this.#trimmed);
    if (this.#window.holds(from)) return this.#window.after(from, limit);
    const wanted = Math.min(limit, this.#window.last - from);
    const past = this.#openPast(from);
    try {
      const records: LogRecord[] = [];
      while (records.length < wanted) {
        const more = await past.next(records.at(-1)?.position ?? from, wanted - records.length);
        if (more.length === 0) this.#assertOpen();
        records.push(...more);
      }
      return records;
    } finally {
      this.#closePast(past);
    }
  }

  subscribe(after: number, onRecords: (records: readonly LogRecord[]) => void | Promise<void>): Subscription {
    let position = Math.max(after, this.#trimmed);
    let old: readonly LogRecord[] = [];
    let past: LogPast | undefined;
    const endPast = () => {
      if (past !== undefined) this.#closePast(past);
      past = undefined;
    };
    const before = () => {
      if (this.#state !== "open" || this.#window.holds(position) || old.length > 0) return undefined;
      past ??= this.#openPast(position);
      return past.next(position, SUBSCRIPTION_BATCH).then(
        (records) => {
          old = records;
        },
        (error: unknown) => this.#fail(error),
      );
    };
    const next = () => {
      if (this.#state !== "open") return [];
      const records = old.length > 0 ? old : this.#window.after(position, SUBSCRIPTION_BATCH);
      if (old.length === 0) endPast();
      old = [];
      position = records.at(-1)?.position ?? position;
      return records;
    };
    const subscription = new PollSubscription(next, onRecords, before);
    this.#subscriptions.add(subscription);
    subscription.notify();
    return {
      cancel: () => {
        subscription.cancel();
        endPast();
        this.#subscriptions.delete(subscription);
      },
    };
  }

  /** Keeps where it stands: the next start begins there. */
  markEnd(): Promise<void> {
    return this.#marks.keepLast();
  }

  async trim(through: number): Promise<void> {
    this.#assertOpen();
    await this.#options.marks.trim(this.#options.log, through);
    this.#trimmed = Math.max(this.#trimmed, through);
    this.#places.trim(through);
  }

  /** Closes the marks too. */
  async close(): Promise<void> {
    if (this.#state !== "closed") this.#end("closed");
    await this.#running;
    await this.#marks.settled();
    await this.#options.marks.close();
  }

  async #follow(newest: LogMark | undefined): Promise<void> {
    const place =
      newest === undefined
        ? undefined
        : {
            streamShard: newest.streamShard,
            start: { kind: "at", sequenceNumber: newest.sequenceNumber } as const,
          };
    const { tail, log } = this.#options;
    for await (const { streamShard, records, isAtTip } of readStream(tail, place, this.#controller.signal)) {
      for (const record of records) {
        if (record.partitionKey !== log) continue;
        const mark = { position: this.#window.last, streamShard, sequenceNumber: record.sequenceNumber };
        if (await this.#marks.pass(mark, this.#controller.signal)) this.#places.keep(mark);
        this.#take(streamShard, record);
      }
      if (records.length > 0) for (const subscription of this.#subscriptions) subscription.notify();
      if (isAtTip) this.#tip.resolve(true);
    }
  }

  #take(streamShard: string, record: StreamRecord): void {
    const { log, onAggregate, onUndecodable } = this.#options;
    const position = this.#window.last;
    const { sequenceNumber } = record;
    const { records, aggregate, damage } = numbered(record, position);
    for (const each of records) this.#window.push(each);
    if (aggregate !== undefined) onAggregate?.(aggregate, position, sequenceNumber);
    if (damage !== undefined)
      onUndecodable({ log, position: position + 1, streamShard, sequenceNumber, reason: damage });
  }

  #openPast(after: number): LogPast {
    const past = new LogPast({
      reading: this.#options.past,
      log: this.#options.log,
      from: this.#places.before(after),
      onPlace: (mark) => this.#places.note(mark),
    });
    this.#pasts.add(past);
    return past;
  }

  #closePast(past: LogPast): void {
    this.#pasts.delete(past);
    past.close();
  }

  #fail(error: unknown): void {
    if (this.#state !== "open") return;
    this.#end("failed");
    this.#options.onFailure(error);
  }

  #end(state: "failed" | "closed"): void {
    this.#state = state;
    this.#controller.abort();
    this.#tip.resolve(false);
    for (const subscription of this.#subscriptions) subscription.cancel();
    for (const past of [...this.#pasts]) this.#closePast(past);
  }

  #assertOpen(): void {
    if (this.#state !== "open") throw new OperatingError(`The log ${this.#options.log} is ${this.#state}.`);
  }
}
