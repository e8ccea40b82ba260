import {
  type ShardBatch,
  type ShardSource,
  type ShardStart,
  type StreamRecord,
  startAfter,
} from "./shard-source.ts";

/** What is kept of a shard's end, for who comes, or is a little slower than the others. */
const KEPT_RECORDS = 5000;
const KEPT_BYTES = 16_000_000;

/**
 * One reading of a shard for all in this process who follow it: a shard allows five reads a second, and the logs that lie on it share them. Who is near its end joins what is read for the others; who is not
 * reads by itself until it has come there. Each is given every record once, in order, as from the source itself, and hears of its trouble.
 */
export function sharedSource(source: ShardSource, keptRecords = KEPT_RECORDS): ShardSource {
  const tails = new Map<string, SharedTail>();

  async function* read(
    shard: string,
    start: ShardStart,
    signal: AbortSignal,
  ): AsyncGenerator<ShardBatch, void, undefined> {
    let place = start;
    while (!signal.aborted) {
      const tail = tails.get(shard) ?? new SharedTail(place, keptRecords);
      tails.set(shard, tail);
      if (!tail.holds(place)) {
        let isNear = false;
        for await (const batch of source.read(shard, place, signal)) {
          place = startAfter(place, batch);
          yield batch;
          isNear = tail.isOver || tail.holds(place);
          if (isNear) break;
        }
        if (!isNear) return;
        continue;
      }
      tail.join((tailSignal) => source.read(shard, tail.start, tailSignal));
      try {
        for (let seen = 0; ; ) {
          const next = await tail.next(place, seen, signal);
          if (next === "over") return;
          if (next === "behind") break;
          seen = next.seen;
          place = startAfter(place, next.batch);
          yield next.batch;
        }
      } finally {
        tail.leave();
        if (tail.isOver && tails.get(shard) === tail) tails.delete(shard);
      }
    }
  }

  return { read };
}

type Outcome = { readonly kind: "open" | "ended" } | { readonly kind: "failed"; readonly error: unknown };

interface Next {
  readonly batch: ShardBatch;
  /** How many batches were read by then. */
  readonly seen: number;
}

/** The end of a shard, from where its first reader began. */
class SharedTail {
  readonly start: ShardStart;
  readonly #keptRecords: number;
  readonly #controller = new AbortController();
  /** Every record above this sequence number that was read is held. */
  #above: bigint;
  #records: StreamRecord[] = [];
  #bytes = 0;
  #batches = 0;
  #isAtTip = false;
  #outcome: Outcome = { kind: "open" };
  #readers = 0;
  #isRunning = false;
  #changed = Promise.withResolvers<void>();

  constructor(start: ShardStart, keptRecords: number) {
    this.start = start;
    this.#keptRecords = keptRecords;
    this.#above = aboveOf(start);
  }

  /** Nobody can join it any more. */
  get isOver(): boolean {
    return this.#outcome.kind !== "open" || this.#controller.signal.aborted;
  }

  /** Whoever stands there misses nothing here. */
  holds(place: ShardStart): boolean {
    return aboveOf(place) >= this.#above;
  }

  join(read: (signal: AbortSignal) => AsyncIterable<ShardBatch>): void {
    this.#readers++;
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run(read(this.#controller.signal));
  }

  /** The last one ends it. */
  leave(): void {
    this.#readers--;
    if (this.#readers === 0) this.#controller.abort();
  }

  /** What was read behind a place; nothing where that was read since the batch that was seen, and gave nothing. Throws what the source threw. */
  async next(place: ShardStart, seen: number, signal: AbortSignal): Promise<Next | "behind" | "over"> {
    const above = aboveOf(place);
    while (!signal.aborted) {
      // Others were faster, and what it stands before is not kept any more.
      if (!this.holds(place)) return "behind";
      const at = this.#records.findLastIndex(({ sequenceNumber }) => BigInt(sequenceNumber) <= above);
      const records = this.#records.slice(at + 1);
      if (records.length > 0 || this.#batches > seen) {
        const isAtTip = records.length === 0 && this.#isAtTip;
        return { batch: { records, isAtTip }, seen: this.#batches };
      }
      if (this.#outcome.kind === "failed") throw this.#outcome.error;
      if (this.#outcome.kind === "ended") return "over";
      await changedOr(this.#changed.promise, signal);
    }
    return "over";
  }

  async #run(batches: AsyncIterable<ShardBatch>): Promise<void> {
    try {
      for await (const { records, isAtTip } of batches) {
        for (const record of records) this.#push(record);
        this.#batches++;
        this.#isAtTip = isAtTip;
        this.#tell();
      }
      this.#outcome = { kind: "ended" };
    } catch (error) {
      this.#outcome = { kind: "failed", error };
    }
    this.#tell();
  }

  #push(record: StreamRecord): void {
    this.#records.push(record);
    this.#bytes += record.data.length;
    while (
      this.#records.length > this.#keptRecords ||
      (this.#bytes > KEPT_BYTES && this.#records.length > 1)
    ) {
      const dropped = this.#records.shift();
      if (dropped === undefined) return;
      this.#bytes -= dropped.data.length;
      this.#above = BigInt(dropped.sequenceNumber);
    }
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

/** The highest sequence number that is not wanted. They rise within a shard (https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html). */
function aboveOf(start: ShardStart): bigint {
  if (start.kind === "horizon") return -1n;
  const number = BigInt(start.sequenceNumber);
  return start.kind === "at" ? number - 1n : number;
}

function changedOr(changed: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener("abort", end);
      resolve();
    };
    signal.addEventListener("abort", end, { once: true });
    void changed.then(end);
  });
}
