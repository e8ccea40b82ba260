import type { TapeRecord } from "#services/replication/tape.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { NO_TRACING, type Tracing } from "#shared/telemetry/tracing.ts";
import { HeldFold } from "../held-fold.ts";
import { ShardFold } from "../shard-fold.ts";
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
  readonly #held: HeldFold;
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
    const fold = snapshot === undefined ? ShardFold.create(shard) : ShardFold.restore(snapshot);
    this.#held = new HeldFold(fold, clock, ringMax);
    if (publishAfter !== undefined) this.publish(publishAfter);
  }

  take(records: readonly TapeRecord[]): void {
    const begin = this.#clock.monotonic();
    // What a standby folds is no part of anybody's order.
    const digests = this.#held.take(records, this.#sent === undefined ? NO_TRACING : this.#tracing);
    this.#flush();
    this.#held.trim();
    const { shard, place } = this.#held.fold;
    this.#metrics.record("meridian_fold_batch_seconds", (this.#clock.monotonic() - begin) / 1000, { shard });
    this.#metrics.add("meridian_zone_commands_total", { shard }, records.length);
    this.#send({ t: "folded", shard, run: this.run, seq: place.seq, digests });
  }

  /** Sends what was folded after a seq, and from now on what is folded. */
  publish(after: number): void {
    this.#sent = after;
    if (this.#held.after(after) !== undefined) {
      this.#flush();
      return;
    }
    this.#sent = undefined;
    this.#send({ t: "behind", shard: this.#held.fold.shard, run: this.run, after });
  }

  hush(): void {
    this.#sent = undefined;
  }

  forget(seq: number): void {
    this.#held.forget(seq);
  }

  sendSnapshot(): void {
    const { shard, place, engine } = this.#held.fold;
    const bytes = engine.snapshot();
    const snapshot = { shard, ...place, digest: digestOf(bytes), bytes };
    this.#send({ t: "snapshot", shard, run: this.run, snapshot });
  }

  #flush(): void {
    if (this.#sent === undefined) return;
    const outcomes = this.#held.after(this.#sent);
    assert(outcomes !== undefined, "a zone that publishes holds what it has not sent");
    for (let at = 0; at < outcomes.length; at += BATCH) {
      const batch = outcomes.slice(at, at + BATCH);
      this.#send({ t: "outcomes", shard: this.#held.fold.shard, run: this.run, outcomes: batch });
    }
    this.#sent = Math.max(this.#sent, this.#held.lastSeq);
  }
}
