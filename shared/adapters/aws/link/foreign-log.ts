import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { LogRecord } from "#shared/ports/command-log.ts";
import type { Random } from "#shared/ports/random.ts";
import type { LinkAnswer, RegionLink } from "#shared/ports/region-link.ts";
import type { LogReadAnswer, LogReadRequest } from "#shared/protocol/link.ts";
import { backoffMs } from "../kinesis/backoff.ts";
import type { ForeignLog, StartedReader } from "../kinesis/kinesis-log-reader.ts";
import { OwnerReports } from "./owner-reports.ts";

export interface ForeignLogOptions {
  readonly link: RegionLink;
  readonly origin: RegionId;
  readonly shard: ShardId;
  /** Begins to read the log where it lies; told when what was begun fails later. */
  readonly start: (onFailure: (error: unknown) => void) => Promise<StartedReader>;
  readonly clock: Clock;
  readonly random: Random;
  /** Trouble that is tried again. */
  readonly onTrouble: (error: unknown) => void;
}

/** A log that nobody has asked for so long is closed: a Region reads the streams of the owners of today. */
const IDLE_MS = 60_000;
const LOOK_MS = 5000;

/**
 * Another Region's log of a shard, read on its stream there while somebody follows it. What only the Region itself can tell, what is final and that it is there, goes by messages. Until the stream is open, and
 * where it cannot be had, everything does.
 */
export class ForeignLogReading {
  readonly #options: ForeignLogOptions;
  readonly #reports: OwnerReports;
  readonly #waiting = new Set<() => void>();
  #reader: StartedReader | undefined;
  #log: ForeignLog | undefined;
  #isStarting = false;
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: ForeignLogOptions) {
    const { link, origin, shard, clock } = options;
    this.#options = options;
    const onNews = () => {
      for (const wake of [...this.#waiting]) wake();
    };
    this.#reports = new OwnerReports({ link, owner: origin, shard, clock, onNews });
  }

  /** As `log.read` of the Region itself. */
  async follow(request: LogReadRequest, timeoutMs: number): Promise<LinkAnswer<LogReadAnswer>> {
    const { link, origin } = this.#options;
    const log = this.#opened();
    if (log === undefined) return link.request(origin, "log.read", request, timeoutMs);
    const { after, limit, waitMs } = request;
    const { watermark: before } = this.#reports;
    this.#reports.tell(request);
    try {
      const isNews = () => this.#reports.watermark !== before;
      if (log.lastPosition() <= after && !isNews()) await this.#news(log, after, Math.min(waitMs, timeoutMs));
      const records = await log.read(after, limit);
      const { watermark } = this.#reports;
      const answer = { records, last: log.lastPosition(), watermark, silenceMs: this.#reports.silenceMs() };
      return { ok: true, answer };
    } catch (error) {
      this.#options.onTrouble(error);
      return { ok: false, error: "unreachable" };
    }
  }

  /** Records behind a position, as many as are read of it: none where it is not open or has not come so far. */
  async read(after: number, limit: number): Promise<readonly LogRecord[]> {
    const log = this.#opened();
    if (log === undefined || log.lastPosition() <= after) return [];
    try {
      return await log.read(after, limit);
    } catch (error) {
      this.#options.onTrouble(error);
      return [];
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#reports.close();
    await this.#end();
  }

  /** The log, if it is open; where it is not it is being opened from now on. */
  #opened(): ForeignLog | undefined {
    const { clock } = this.#options;
    this.#askedAt = clock.monotonic();
    if (this.#log !== undefined) return this.#log;
    if (!this.#isStarting && !this.#isClosed && clock.monotonic() >= this.#notBefore) void this.#start();
    return undefined;
  }

  async #start(): Promise<void> {
    const { start, clock, random, onTrouble } = this.#options;
    this.#isStarting = true;
    let reader: StartedReader | undefined;
    const fail = (error: unknown) => {
      onTrouble(error);
      this.#notBefore = clock.monotonic() + backoffMs(++this.#failures, random);
      if (this.#reader === reader) void this.#end();
    };
    try {
      reader = await start(fail);
      this.#reader = reader;
      this.#timer = clock.schedule(LOOK_MS, () => this.#endIfIdle());
      if (await reader.isOpen) {
        this.#log = reader.log;
        this.#failures = 0;
      } else await this.#end();
    } catch (error) {
      fail(error);
    } finally {
      this.#isStarting = false;
      if (this.#isClosed) await this.#end();
    }
  }

  #endIfIdle(): void {
    const { clock } = this.#options;
    if (this.#isClosed || this.#reader === undefined) return;
    if (clock.monotonic() - this.#askedAt >= IDLE_MS) void this.#end();
    else this.#timer = clock.schedule(LOOK_MS, () => this.#endIfIdle());
  }

  async #end(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    this.#log = undefined;
    this.#timer?.cancel();
    for (const wake of [...this.#waiting]) wake();
    await reader?.log.close().catch((error: unknown) => this.#options.onTrouble(error));
  }

  /** Waits for a record behind the position, for something new of what is final, or for so long. */
  async #news(log: ForeignLog, after: number, waitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const records = log.subscribe(after, () => resolve());
    const deadline = this.#options.clock.schedule(waitMs, () => resolve());
    await promise;
    this.#waiting.delete(resolve);
    records.cancel();
    deadline.cancel();
  }
}
