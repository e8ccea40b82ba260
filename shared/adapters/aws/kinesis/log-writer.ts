import { assert } from "#shared/domain/invariant.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { AppendResult } from "#shared/ports/command-log.ts";
import { encodeAggregate } from "./aggregate.ts";
import type { PutResult } from "./put-record.ts";

/** What one flush was, for who measures. */
export interface FlushObserved {
  readonly commands: number;
  readonly bytes: number;
  readonly attempts: number;
  /** From the first try to the answer. */
  readonly latencyMs: number;
  readonly result: PutResult["kind"];
}

export interface LogWriterOptions {
  readonly put: (data: Uint8Array, after: string | undefined, signal: AbortSignal) => Promise<PutResult>;
  /** 16 bytes that no other writer has. */
  readonly writer: Uint8Array;
  readonly clock: Clock;
  /** How long a command may wait for others to share its record. */
  readonly lingerMs: number;
  /** A flush does not wait for more when it holds so many bytes of commands. */
  readonly flushBytes: number;
  /** Commands, and their bytes, that may be under way: waiting, being put, or not read back yet. More are `overloaded`. */
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  /** How long a record that was put may take to be read back. Without it nobody reads back: what was put is settled then, its position not known. */
  readonly readBackWithinMs?: number;
  readonly onFlush?: (flush: FlushObserved) => void;
  /** Told when a record stands in the log for which somebody waits who can do nothing before it is read: a barrier, and the first commands of this writer. */
  readonly onAwaited?: () => void;
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly since: number;
  settle(result: AppendResult): void;
}

interface Flush {
  readonly number: number;
  readonly commands: readonly Waiting[];
  /** Who waits for this flush to be read, whatever is in it. */
  readonly barriers: readonly ((isRead: boolean) => void)[];
  /** Ends the tries to put it. */
  readonly known: AbortController;
  deadline?: Timer;
}

/** A record takes at most 1 MiB: a command of more than this cannot be put. */
export const COMMAND_BYTES_MAX = 900_000;
/** Of a command whose record nobody read back. */
const POSITION_UNKNOWN = 0;
/** Commands in one flush, whatever their size. */
const FLUSH_COMMANDS_MAX = 10_000;

/**
 * The appending side of a log: gathers commands into aggregates and puts one record at a time, so that commands stand in the log as they came. What is put is settled when the log's reader has
 * come to it (`read`), which also tells what became of a put whose answer was lost. A flush that could not be put in time takes those that wait behind it along: nothing overtakes.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #barriers: ((isRead: boolean) => void)[] = [];
  /** Put or being put, and not read back: by number. */
  readonly #flushes = new Map<number, Flush>();
  #inFlight: Flush | undefined;
  #held = 0;
  #heldBytes = 0;
  #flushCount = 0;
  #hasAppended = false;
  #lastSequenceNumber: string | undefined;
  #linger: Timer | undefined;
  #state: "open" | "closing" | "closed" = "open";
  #onIdle: (() => void) | undefined;

  constructor(options: LogWriterOptions) {
    this.#options = options;
  }

  /** How many records it has begun to put. */
  get flushCount(): number {
    return this.#flushCount;
  }

  append(bytes: Uint8Array): Promise<AppendResult> {
    assert(bytes.length <= COMMAND_BYTES_MAX, `a command of ${bytes.length} bytes fits in no record`);
    const { maxWaiting, maxWaitingBytes, clock } = this.#options;
    if (this.#state !== "open") return Promise.resolve({ ok: false, error: "closed" });
    if (this.#held >= maxWaiting || this.#heldBytes + bytes.length > maxWaitingBytes)
      return Promise.resolve({ ok: false, error: "overloaded" });
    this.#held++;
    this.#heldBytes += bytes.length;
    const { promise, resolve } = Promise.withResolvers<AppendResult>();
    const settle = (result: AppendResult) => {
      this.#held--;
      this.#heldBytes -= bytes.length;
      resolve(result);
    };
    this.#waiting.push({ bytes, since: clock.monotonic(), settle });
    this.#waitingBytes += bytes.length;
    this.#pump();
    return promise;
  }

  /** Puts a record and waits until it is read: then everything that was in the log before is read too. False if that could not be had. */
  barrier(): Promise<boolean> {
    if (this.#state === "closed") return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#barriers.push(resolve);
    this.#pump();
    return promise;
  }

  /** The reader has come to a record of this writer: its commands stand behind `position`. One that was put twice comes twice; the first counts. */
  read(flushNumber: number, position: number, sequenceNumber: string): void {
    const flush = this.#flushes.get(flushNumber);
    if (flush === undefined) return;
    if (flush === this.#inFlight) this.#lastSequenceNumber = sequenceNumber;
    for (const [at, { settle }] of flush.commands.entries())
      settle({ ok: true, position: position + 1 + at });
    this.#forget(flush, true);
    flush.known.abort();
  }

  /** Puts what waits, and resolves when everything is settled. */
  async close(): Promise<void> {
    if (this.#state === "open") this.#state = "closing";
    this.#pump();
    if (!this.#isIdle()) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    this.#state = "closed";
  }

  /** The log can no longer be read: nothing is known of what is under way. */
  fail(): void {
    this.#state = "closed";
    this.#linger?.cancel();
    for (const flush of [...this.#flushes.values()]) {
      flush.known.abort();
      this.#settle(flush, "unknown");
    }
    this.#refuseWaiting();
    this.#tellIdle();
  }

  #pump(): void {
    if (this.#inFlight !== undefined || this.#state === "closed") return;
    const [oldest] = this.#waiting;
    if (oldest === undefined && this.#barriers.length === 0) return;
    const { clock, lingerMs, flushBytes } = this.#options;
    const mustGo = this.#state === "closing" || this.#barriers.length > 0 || this.#waitingBytes >= flushBytes;
    const waitMs = mustGo || oldest === undefined ? 0 : oldest.since + lingerMs - clock.monotonic();
    if (waitMs > 0) {
      this.#linger ??= clock.schedule(waitMs, () => {
        this.#linger = undefined;
        this.#pump();
      });
      return;
    }
    this.#linger?.cancel();
    this.#linger = undefined;
    void this.#send(this.#next());
  }

  #next(): Flush {
    let count = 0;
    let bytes = 0;
    for (const { bytes: command } of this.#waiting) {
      if (count > 0 && (bytes + command.length > this.#options.flushBytes || count >= FLUSH_COMMANDS_MAX))
        break;
      bytes += command.length;
      count++;
    }
    const commands = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    this.#waitingBytes -= bytes;
    const flush = {
      number: ++this.#flushCount,
      commands,
      barriers: this.#barriers,
      known: new AbortController(),
    };
    this.#barriers = [];
    this.#flushes.set(flush.number, flush);
    this.#inFlight = flush;
    return flush;
  }

  async #send(flush: Flush): Promise<void> {
    const { put, writer, clock, readBackWithinMs, onFlush } = this.#options;
    const { number, commands, known } = flush;
    const data = encodeAggregate({ writer, flush: number, commands: commands.map(({ bytes }) => bytes) });
    const start = clock.monotonic();
    const result = await put(data, this.#lastSequenceNumber, known.signal);
    const { attempts, kind } = result;
    const isRead = !this.#flushes.has(number);
    onFlush?.({
      ...{ commands: commands.length, bytes: data.length, attempts },
      ...{ latencyMs: clock.monotonic() - start, result: isRead ? "put" : kind },
    });
    this.#inFlight = undefined;
    if (!isRead) {
      if (result.kind === "put") {
        this.#lastSequenceNumber = result.sequenceNumber;
        if (flush.barriers.length > 0 || !this.#hasAppended) this.#options.onAwaited?.();
        this.#hasAppended ||= commands.length > 0;
        if (readBackWithinMs === undefined) this.#settlePut(flush);
        else flush.deadline = clock.schedule(readBackWithinMs, () => this.#settle(flush, "unknown"));
      } else {
        this.#settle(flush, result.kind === "unknown" ? "unknown" : "overloaded");
        this.#refuseWaiting();
      }
    }
    this.#pump();
    this.#tellIdle();
  }

  #settlePut(flush: Flush): void {
    for (const { settle } of flush.commands) settle({ ok: true, position: POSITION_UNKNOWN });
    this.#forget(flush, true);
  }

  #settle(flush: Flush, error: "unknown" | "overloaded"): void {
    for (const { settle } of flush.commands) settle({ ok: false, error });
    this.#forget(flush, false);
  }

  #forget(flush: Flush, isRead: boolean): void {
    flush.deadline?.cancel();
    this.#flushes.delete(flush.number);
    for (const tell of flush.barriers) tell(isRead);
    this.#tellIdle();
  }

  #refuseWaiting(): void {
    const refused = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const { settle } of refused) settle({ ok: false, error: "overloaded" });
    for (const tell of this.#barriers.splice(0)) tell(false);
  }

  #isIdle(): boolean {
    return this.#flushes.size === 0 && this.#inFlight === undefined && this.#waiting.length === 0;
  }

  #tellIdle(): void {
    if (this.#isIdle()) this.#onIdle?.();
  }
}
