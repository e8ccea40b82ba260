import { DIGEST_INTERVAL } from "#services/replication/digest-exchange.ts";
import type { TapeRecord } from "#services/replication/tape.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import { encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
import type { TapeDigest } from "#shared/protocol/link.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { NO_TRACING, type Tracing } from "#shared/telemetry/tracing.ts";
import { READ_AHEAD, ShardFold } from "../shard-fold.ts";
import { tracedFold } from "../traced-fold.ts";
import { OutcomeRing } from "./outcome-ring.ts";
import type { FromZone } from "./zone-messages.ts";

export interface ZoneFoldOptions {
  readonly shard: ShardId;
  readonly run: number;
  readonly snapshot: Snapshot | undefined;
  readonly publishAfter: number | undefined;
  /** Outcomes that it holds for the case that it must publish. */
  readonly ringMax: number;
  readonly send: (message: FromZone) => void;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/** Outcomes in one message. */
const BATCH = 500;

/** One shard in a zone: folds a run of the tape, and publishes its outcomes or holds them ready. */
export class ZoneFold {
  readonly run: number;
  readonly #send: (message: FromZone) => void;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #tracing: Tracing;
  readonly #fold: ShardFold;
  readonly #ring: OutcomeRing;
  /** The last seq that was sent, or that nobody wants; `undefined` while silent. */
  #sent: number | undefined;

  constructor(options: ZoneFoldOptions) {
    const { shard, run, snapshot, publishAfter, ringMax, send, clock, metrics, tracing } = options;
    assert(
      snapshot === undefined || digestOf(snapshot.bytes) === snapshot.digest,
      `the snapshot of ${shard} has its digest`,
    );
    this.run = run;
    this.#send = send;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#tracing = tracing;
    this.#fold = snapshot === undefined ? ShardFold.create(shard) : ShardFold.restore(snapshot);
    this.#ring = new OutcomeRing(this.#fold.place.seq, ringMax);
    if (publishAfter !== undefined) this.publish(publishAfter);
  }

  take(records: readonly TapeRecord[]): void {
    const begin = this.#clock.monotonic();
    const digests: TapeDigest[] = [];
    // What a standby folds is no part of anybody's order.
    const tracing = this.#sent === undefined ? NO_TRACING : this.#tracing;
    for (const [at, record] of records.entries()) {
      if (at % READ_AHEAD === 0) this.#fold.expect(records, at);
      const outcome = tracedFold(this.#fold, record, tracing, this.#clock);
      const { branch, seq } = record;
      this.#ring.add(seq, encodeOutcome(outcome));
      if (seq % DIGEST_INTERVAL === 0) digests.push({ branch, seq, digest: this.#fold.engine.digest() });
    }
    this.#flush();
    this.#ring.trim();
    const { shard, place } = this.#fold;
    this.#metrics.record("meridian_fold_batch_seconds", (this.#clock.monotonic() - begin) / 1000, { shard });
    this.#metrics.add("meridian_zone_commands_total", { shard }, records.length);
    this.#send({ t: "folded", shard, run: this.run, seq: place.seq, digests });
  }

  /** Sends what was folded after a seq, and from now on what is folded. */
  publish(after: number): void {
    this.#sent = after;
    if (this.#ring.after(after) !== undefined) {
      this.#flush();
      return;
    }
    this.#sent = undefined;
    this.#send({ t: "behind", shard: this.#fold.shard, run: this.run, after });
  }

  hush(): void {
    this.#sent = undefined;
  }

  forget(seq: number): void {
    this.#ring.forget(seq);
  }

  sendSnapshot(): void {
    const { shard, place, engine } = this.#fold;
    const bytes = engine.snapshot();
    const snapshot = { shard, ...place, digest: digestOf(bytes), bytes };
    this.#send({ t: "snapshot", shard, run: this.run, snapshot });
  }

  #flush(): void {
    if (this.#sent === undefined) return;
    const outcomes = this.#ring.after(this.#sent);
    assert(outcomes !== undefined, "a zone that publishes holds what it has not sent");
    for (let at = 0; at < outcomes.length; at += BATCH) {
      const batch = outcomes.slice(at, at + BATCH);
      this.#send({ t: "outcomes", shard: this.#fold.shard, run: this.run, outcomes: batch });
    }
    this.#sent = Math.max(this.#sent, this.#ring.lastSeq);
  }
}
