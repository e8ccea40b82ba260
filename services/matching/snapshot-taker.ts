import { digestOf } from "#shared/domain/encoding/digest.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import type { ShardFold } from "./shard-fold.ts";
import { commandsBetween, type SnapshotPolicy } from "./snapshot-policy.ts";

export interface SnapshotDependencies {
  readonly snapshots: SnapshotStore;
  readonly snapshotPolicy: SnapshotPolicy;
  readonly clock: Clock;
  /** What the tape never goes back behind. */
  readonly finalSeq: () => number;
}

/** Takes snapshots of a fold when they are due. */
export class SnapshotTaker {
  readonly #dependencies: SnapshotDependencies;
  #seq = 0;
  #time = 0;
  /** Of the last one. */
  #bytes = 0;

  constructor(dependencies: SnapshotDependencies, fold: ShardFold) {
    this.#dependencies = dependencies;
    this.restart(fold);
  }

  /** The fold stands where a snapshot was taken. */
  restart({ engine }: ShardFold): void {
    this.#seq = engine.seq;
    this.#time = this.#dependencies.clock.monotonic();
  }

  isDue({ engine }: ShardFold): boolean {
    const { clock, snapshotPolicy } = this.#dependencies;
    if (engine.seq - this.#seq >= commandsBetween(snapshotPolicy, this.#bytes)) return true;
    return engine.seq > this.#seq && clock.monotonic() - this.#time >= snapshotPolicy.intervalMs;
  }

  /** Saves the fold's state, if it has changed, once `flushed` tells that the journal holds everything up to it. */
  async take(fold: ShardFold, flushed: () => Promise<void>): Promise<void> {
    const { snapshots, finalSeq } = this.#dependencies;
    if (fold.engine.seq === this.#seq) return flushed();
    const { shard, place } = fold;
    const bytes = fold.engine.snapshot();
    await flushed();
    await snapshots.save({ shard, ...place, digest: digestOf(bytes), bytes }, finalSeq());
    this.#bytes = bytes.length;
    this.restart(fold);
  }
}
