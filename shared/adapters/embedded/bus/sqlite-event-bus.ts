import type { DatabaseSync } from "node:sqlite";
import { decodeOrUndefined, deliver, heardOf } from "#shared/adapters/bus/deliver.ts";
import type { BusPositions } from "#shared/ports/bus-positions.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import {
  type Backlog,
  type BusHandler,
  DEFAULT_QUEUE_SETTINGS,
  type EventBus,
  type PublishResult,
  type QueueSettings,
} from "#shared/ports/event-bus.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import { busRuns, lineOf, RUN_EVENTS_MAX } from "#shared/protocol/bus/bus-run.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import { checksumOf } from "../checked-record.ts";
import { type DatabaseFile, openDatabase, transaction } from "../open-database.ts";
import { BUS_SCHEMA } from "./bus-schema.ts";
import { openSqliteBusPositions } from "./sqlite-bus-positions.ts";
import { type Received, SqliteBusQueue, type Taken } from "./sqlite-bus-queue.ts";

/** How a consumer is given its messages. */
export interface Gathering {
  /** At most so many runs at once. */
  readonly messages: number;
  /** What comes waits so long for more, ms: for one to whom a batch costs more than a message. */
  readonly windowMs: number;
}

export interface SqliteEventBusOptions extends DatabaseFile {
  readonly clock: Clock;
  /** Consumers that there are: a queue that nobody reads would only grow. */
  readonly consumers: readonly Consumer[];
  readonly settings?: QueueSettings;
  /** By consumer; without it ten at once, as SQS gives, and as soon as they come. */
  readonly gathering?: Partial<Record<Consumer, Gathering>>;
  /** Messages that a queue holds at most, the dead ones too. */
  readonly messagesMax?: number;
  /** The store failed under a consumer: the task must stop and start again. */
  readonly onFailure: (error: unknown) => void;
  /** A handler threw: its batch comes again. */
  readonly onHandlerError?: (consumer: Consumer, error: unknown) => void;
}

/** The bus, and how far each shard was handed to it, in one file. */
export interface EmbeddedEventBus extends EventBus {
  readonly positions: BusPositions;
}

/** As SQS: a name that was sent within this time is not taken again. */
const DEDUPLICATION_MS = 5 * 60_000;
const MESSAGES_MAX = 1_000_000;
/** As on AWS, so that consumers get here what they would get there. */
const RUN_LIMITS = { eventsMax: RUN_EVENTS_MAX, bytesMax: 240 * 1024 };
const NOTHING: Taken = { runs: [], isFull: false };
const AT_ONCE: Gathering = { messages: 10, windowMs: 0 };
/** How often a queue is looked at for messages whose time has come, at the latest. */
const LOOK_MS = 250;

/** Opens a Region's bus. */
export function openSqliteEventBus(options: SqliteEventBusOptions): EmbeddedEventBus {
  return new SqliteEventBus(openDatabase(options, BUS_SCHEMA), options);
}

class SqliteEventBus implements EmbeddedEventBus {
  readonly positions: BusPositions;
  readonly #database: DatabaseSync;
  readonly #options: SqliteEventBusOptions;
  readonly #settings: QueueSettings;
  readonly #queues: ReadonlyMap<Consumer, SqliteBusQueue>;
  /** One a consumption that goes on. */
  readonly #wakers = new Set<() => void>();
  readonly #held = new Map<Consumer, number>();
  readonly #insert;
  readonly #remember;
  readonly #forget;

  constructor(database: DatabaseSync, options: SqliteEventBusOptions) {
    this.#database = database;
    this.#options = options;
    this.positions = openSqliteBusPositions(database);
    const settings = options.settings ?? DEFAULT_QUEUE_SETTINGS;
    this.#settings = settings;
    this.#queues = new Map(
      options.consumers.map((consumer) => [
        consumer,
        new SqliteBusQueue(database, options.file, consumer, settings),
      ]),
    );
    this.#insert = database.prepare(
      "INSERT INTO messages (queue, line, name, bytes, crc, sentAt) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#remember = database.prepare("INSERT OR IGNORE INTO recent (name, sentAt) VALUES (?, ?)");
    this.#forget = database.prepare("DELETE FROM recent WHERE sentAt < ?");
    // Whoever held a message ended with its process: this one alone has the file.
    database.exec("UPDATE messages SET visibleAt = 0 WHERE visibleAt > 0");
    for (const [consumer, queue] of this.#queues) {
      const { waiting, inFlight, dead } = queue.backlog(this.#now());
      this.#held.set(consumer, waiting + inFlight + dead);
    }
  }

  async publish(messages: readonly BusMessage[]): Promise<PublishResult> {
    const now = this.#now();
    const added = new Map<Consumer, number>();
    const runs = busRuns(messages, RUN_LIMITS).map((run) => ({
      ...run,
      consumers: [...this.#queues.keys()].filter((one) => heardOf(one, run.messages).length > 0),
    }));
    for (const consumer of this.#queues.keys()) {
      const count = runs.filter(({ consumers }) => consumers.includes(consumer)).length;
      if ((this.#held.get(consumer) ?? 0) + count > (this.#options.messagesMax ?? MESSAGES_MAX))
        return { ok: false, error: "full", message: `the queue of ${consumer} is full` };
    }
    transaction(this.#database, () => {
      this.#forget.run(now - DEDUPLICATION_MS);
      for (const {
        name,
        messages: [first],
        text,
        consumers,
      } of runs) {
        if (this.#remember.run(name, now).changes === 0) continue;
        const bytes = new TextEncoder().encode(text);
        const crc = checksumOf(bytes);
        for (const consumer of consumers) {
          this.#insert.run(consumer, lineOf(first), name, bytes, crc, now);
          added.set(consumer, (added.get(consumer) ?? 0) + 1);
        }
      }
    });
    for (const [consumer, count] of added) this.#held.set(consumer, (this.#held.get(consumer) ?? 0) + count);
    this.#wake();
    return { ok: true };
  }

  consume(consumer: Consumer, handle: BusHandler): Subscription {
    const queue = this.#queue(consumer);
    const { clock, onFailure, gathering } = this.#options;
    const { messages, windowMs } = gathering?.[consumer] ?? AT_ONCE;
    let isCanceled = false;
    let isRunning = false;
    let isGathering = false;
    let timer: Timer | undefined;
    // A batch that is not full is all there was: what came meanwhile gathers anew.
    const goesOn = ({ runs, isFull }: Taken) => (windowMs === 0 ? runs.length > 0 : isFull);
    const run = async () => {
      if (isRunning || isCanceled) return;
      isRunning = true;
      isGathering = false;
      timer?.cancel();
      try {
        while (!isCanceled && goesOn(await this.#handleNext(consumer, queue, handle, messages)));
        isRunning = false;
        if (!isCanceled) timer = clock.schedule(LOOK_MS, () => void run());
      } catch (error) {
        if (!isCanceled) onFailure(error);
      }
    };
    const wake = () => {
      if (windowMs === 0) return void run();
      if (isRunning || isGathering || isCanceled) return;
      isGathering = true;
      timer?.cancel();
      timer = clock.schedule(windowMs, () => void run());
    };
    this.#wakers.add(wake);
    queueMicrotask(wake);
    return {
      cancel: () => {
        isCanceled = true;
        timer?.cancel();
        this.#wakers.delete(wake);
      },
    };
  }

  async backlog(consumer: Consumer): Promise<Backlog> {
    return this.#queue(consumer).backlog(this.#now());
  }

  async dead(consumer: Consumer, limit: number): Promise<readonly (readonly BusMessage[] | undefined)[]> {
    return this.#queue(consumer)
      .dead(limit)
      .map(({ text }) => decodeOrUndefined(text))
      .map((run) => run && heardOf(consumer, run));
  }

  async redrive(consumer: Consumer, limit = Number.MAX_SAFE_INTEGER): Promise<number> {
    const count = this.#queue(consumer).redrive(limit);
    this.#wake();
    return count;
  }

  async close(): Promise<void> {
    this.#wakers.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  /** Returns what there was to handle now. */
  async #handleNext(
    consumer: Consumer,
    queue: SqliteBusQueue,
    handle: BusHandler,
    limit: number,
  ): Promise<Taken> {
    if (!this.#database.isOpen) return NOTHING;
    const taken = transaction(this.#database, () => queue.receive(this.#now(), limit));
    if (taken.runs.length === 0) return NOTHING;
    const done = await deliver<Received>(taken.runs, handle, {
      consumer,
      receivesMax: this.#settings.receivesMax,
      onError: (error) => this.#options.onHandlerError?.(consumer, error),
    });
    if (!this.#database.isOpen) return NOTHING;
    transaction(this.#database, () => queue.remove(done.map(({ place }) => place)));
    this.#held.set(consumer, (this.#held.get(consumer) ?? 0) - done.length);
    return taken;
  }

  #queue(consumer: Consumer): SqliteBusQueue {
    const queue = this.#queues.get(consumer);
    if (queue === undefined) throw new Error(`this bus has no queue of ${consumer}`);
    return queue;
  }

  #wake(): void {
    for (const wake of [...this.#wakers]) wake();
  }

  #now(): number {
    return this.#options.clock.now();
  }
}
