import { DIGEST_INTERVAL } from "#services/replication/digest-exchange.ts";
import type { TapeRecord } from "#services/replication/tape.ts";
import { decodeOutcome, encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import { traceOfRecord } from "#shared/domain/encoding/traced-record.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { TapeDigest } from "#shared/protocol/link.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import type { FoldedEnd } from "./matching.ts";
import { OutcomeRing } from "./outcome-ring.ts";
import { READ_AHEAD, type ShardFold } from "./shard-fold.ts";
import { tracedFold } from "./traced-fold.ts";

/** Some seconds of outcomes at full speed; who is told what was published holds far fewer. */
export const HELD_MAX = 100_000;

/** A fold that holds its newest outcomes, for the case that it is the one that must publish them. */
export class HeldFold {
  readonly fold: ShardFold;
  readonly #ring: OutcomeRing;
  readonly #clock: Clock;
  #lastEnd: FoldedEnd | undefined;

  constructor(fold: ShardFold, clock: Clock, heldMax = HELD_MAX) {
    this.fold = fold;
    this.#clock = clock;
    this.#ring = new OutcomeRing(fold.place.seq, heldMax);
  }

  get lastSeq(): number {
    return this.#ring.lastSeq;
  }

  /** The end of a branch that was folded last, if it was here. */
  get lastEnd(): FoldedEnd | undefined {
    return this.#lastEnd;
  }

  /** Folds the next records of the tape. Their digests, where some are due. All outcomes are held until {@link trim}. */
  take(records: readonly TapeRecord[], tracing: Tracing): readonly TapeDigest[] {
    const digests: TapeDigest[] = [];
    for (const [at, record] of records.entries()) {
      if (at % READ_AHEAD === 0) this.fold.expect(records, at);
      const { engine } = this.fold;
      const wasEnded = engine.ended;
      const outcome = this.#foldEncoded(record, tracing);
      if (engine.ended && !wasEnded) this.#noteEnd(outcome);
      const { branch, seq } = record;
      this.#ring.add(seq, outcome);
      if (seq % DIGEST_INTERVAL === 0) digests.push({ branch, seq, digest: this.fold.engine.digest() });
    }
    return digests;
  }

  /** What is only sent on is not decoded; a trace is told what became of its command. */
  #foldEncoded(record: TapeRecord, tracing: Tracing): Uint8Array {
    const isTraced = tracing.isOn && traceOfRecord(record.bytes) !== undefined;
    return isTraced
      ? encodeOutcome(tracedFold(this.fold, record, tracing, this.#clock))
      : this.fold.takeEncoded(record);
  }

  #noteEnd(outcome: Uint8Array): void {
    const { seq, events } = decodeOutcome(outcome);
    const [event] = events;
    if (event?.kind === "BranchEnded") this.#lastEnd = { seq, successor: event.successor };
  }

  /** The encoded outcomes after a seq; `undefined` if some of them are no longer held. */
  after(seq: number): readonly Uint8Array[] | undefined {
    return this.#ring.after(seq);
  }

  /** Nobody will ask for outcomes up to this seq. */
  forget(seq: number): void {
    this.#ring.forget(seq);
  }

  /** Forgets the oldest of too many. What is to be sent is sent before. */
  trim(): void {
    this.#ring.trim();
  }
}
