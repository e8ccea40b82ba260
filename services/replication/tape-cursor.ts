import type { Seq } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { TapePlace } from "#shared/domain/lineage.ts";
import type { LogRecord } from "#shared/ports/command-log.ts";
import { InconsistentStores } from "#shared/ports/inconsistent-stores.ts";
import type { Tape, TapeRecord } from "./tape.ts";
import {
  commonSeq,
  historyOf,
  isOnTape,
  type NextRecords,
  nextOnTape,
  type TapeSegment,
} from "./tape-plan.ts";

/** Who follows a tape: one fold. */
export interface TapeReader {
  /** Takes the next records: their seqs follow each other. */
  take(records: readonly TapeRecord[]): void | Promise<void>;
  /** What was delivered beyond `toSeq` stands no more. Goes back to a place at or before it that is on the tape, and returns it. */
  rewind(toSeq: Seq): Promise<TapePlace>;
}

/** Where following begins. */
export interface TapeStart {
  /** Where the fold stands. */
  readonly place: TapePlace;
  /** Up to which seq of the tape it has been further before, and told others of it; at least the place's. */
  readonly tip: number;
}

const BATCH = 1000;

/** Follows a tape for one fold: delivers its records in order, and a rewind first when the plan has changed below what was delivered. */
export class TapeCursor {
  readonly #tape: Tape;
  readonly #reader: TapeReader;
  #place: TapePlace;
  /** The highest seq delivered on the segments that were followed last. */
  #tip: number;
  #followed: readonly TapeSegment[];
  #running: Promise<void> | undefined;
  #isStopped = false;
  /** Ends the wait for records. */
  #interrupt: (() => void) | undefined;

  constructor(tape: Tape, reader: TapeReader, { place, tip }: TapeStart) {
    this.#tape = tape;
    this.#reader = reader;
    this.#place = place;
    this.#tip = Math.max(tip, place.seq);
    this.#followed = tape.segments;
  }

  get place(): TapePlace {
    return this.#place;
  }

  /** Delivers what the logs hold now. Not while it runs. */
  async catchUp(): Promise<void> {
    assert(this.#running === undefined, "a cursor that runs catches up by itself");
    for (;;) {
      const next = await this.#next();
      if (next === undefined) return;
      const records = await this.#tape.read(next.segment, next.after, BATCH);
      if (this.#tape.segments !== this.#followed) continue;
      if (records.length === 0) return;
      await this.#deliver(next.segment, records);
    }
  }

  /** Delivers from now on what comes, until stopped, or until the reader throws: `onFailure` is told, and nothing more is delivered. */
  run(onFailure: (error: unknown) => void): void {
    assert(this.#running === undefined, "a cursor runs once");
    this.#running = this.#follow().catch(onFailure);
  }

  /** Resolves when nothing is being delivered any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#interrupt?.();
    await this.#running;
  }

  async #follow(): Promise<void> {
    const changes = this.#tape.onChange(() => this.#interrupt?.());
    try {
      while (!this.#isStopped) {
        const next = await this.#next();
        if (this.#isStopped) return;
        // The plan may have changed while the reader went back.
        if (this.#tape.segments !== this.#followed) continue;
        if (next === undefined) await this.#wait(() => undefined);
        else await this.#pump(next);
      }
    } finally {
      changes.cancel();
    }
  }

  /** Where the next record is, the reader having gone back first where it must. */
  async #next(): Promise<NextRecords | undefined> {
    while (this.#tape.segments !== this.#followed) {
      const { segments, shard } = this.#tape;
      const toSeq = commonSeq(historyOf(this.#followed, this.#tip), segments);
      if (toSeq === undefined) {
        throw new InconsistentStores(
          `The register of ${shard} no longer tells what follows seq ${this.#tip}: this Region needs the state of another one.`,
        );
      }
      if (toSeq < this.#tip) {
        const place = await this.#reader.rewind(toSeq);
        assert(place.seq <= toSeq && isOnTape(segments, place), `the reader went back to seq ${toSeq}`);
        this.#place = place;
        this.#tip = toSeq;
      }
      this.#followed = segments;
    }
    return nextOnTape(this.#followed, this.#place);
  }

  /** Delivers records of one segment until it ends, the plan changes or the cursor is stopped. */
  #pump({ segment, after }: NextRecords): Promise<void> {
    let isDelivering = false;
    const isOver = () =>
      this.#isStopped || this.#tape.segments !== this.#followed || this.#place.seq === segment.end;
    return this.#wait((end, fail) => {
      const subscription = this.#tape.subscribe(segment, after, async (records) => {
        if (isOver()) return;
        isDelivering = true;
        try {
          await this.#deliver(segment, records);
        } catch (error) {
          subscription.cancel();
          fail(error);
          return;
        } finally {
          isDelivering = false;
        }
        if (!isOver()) return;
        subscription.cancel();
        end();
      });
      return () => {
        // What is being delivered is delivered whole; then the end is seen.
        if (isDelivering) return;
        subscription.cancel();
        end();
      };
    });
  }

  /** Waits for `end`, or for an interruption. */
  #wait(start: (end: () => void, fail: (error: unknown) => void) => (() => void) | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#interrupt = start(resolve, reject) ?? resolve;
    return promise.finally(() => {
      this.#interrupt = undefined;
    });
  }

  async #deliver(segment: TapeSegment, records: readonly LogRecord[]): Promise<void> {
    const first = this.#place.seq + 1;
    const named = records.slice(0, segment.end - first + 1).map(
      ({ position, bytes }, at): TapeRecord => ({
        branch: segment.branch,
        seq: (first + at) as Seq,
        position,
        bytes,
      }),
    );
    await this.#reader.take(named);
    const last = named.at(-1);
    assert(last !== undefined, "something was delivered");
    this.#place = { branch: last.branch, seq: last.seq, position: last.position };
    this.#tip = Math.max(this.#tip, last.seq);
  }
}
