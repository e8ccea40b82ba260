import type { Clock } from "#shared/ports/clock.ts";
import type { Snapshot, SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { commandsBetween, type SnapshotPolicy } from "../snapshot-policy.ts";

export interface ZoneSnapshotsDependencies {
  readonly snapshots: SnapshotStore;
  readonly snapshotPolicy: SnapshotPolicy;
  readonly clock: Clock;
  readonly finalSeq: () => number;
}

/** When a zone is asked for its state, and what becomes of the answer. */
export class ZoneSnapshots {
  readonly #dependencies: ZoneSnapshotsDependencies;
  #seq: number;
  #time: number;
  #isAsked = false;
  /** Of the last one. */
  #bytes = 0;
  /** Of a zone that is ahead of what is published. */
  #early: Snapshot | undefined;

  constructor(dependencies: ZoneSnapshotsDependencies, seq: number) {
    this.#dependencies = dependencies;
    this.#seq = seq;
    this.#time = dependencies.clock.monotonic();
  }

  /** True once for each snapshot that is due. */
  isDue(tip: number): boolean {
    const { clock, snapshotPolicy } = this.#dependencies;
    const age = clock.monotonic() - this.#time;
    if (this.#isAsked || tip <= this.#seq) return false;
    const commands = commandsBetween(snapshotPolicy, this.#bytes);
    this.#isAsked = tip - this.#seq >= commands || age >= snapshotPolicy.intervalMs;
    return this.#isAsked;
  }

  /** Whoever was asked is gone, or the tape went back to a seq: ask again when one is due. */
  restart(seq = this.#seq): void {
    this.#isAsked = false;
    this.#early = undefined;
    this.#seq = Math.min(this.#seq, seq);
  }

  arrived(snapshot: Snapshot): void {
    this.#early = snapshot;
  }

  /** Saves what has arrived, once the journal holds everything up to it. */
  async save(tip: number, flushed: () => Promise<void>): Promise<void> {
    const snapshot = this.#early;
    if (snapshot === undefined || snapshot.seq > tip) return;
    this.#early = undefined;
    this.#isAsked = false;
    this.#time = this.#dependencies.clock.monotonic();
    if (snapshot.seq <= this.#seq) return;
    await flushed();
    await this.#dependencies.snapshots.save(snapshot, this.#dependencies.finalSeq());
    this.#seq = snapshot.seq;
    this.#bytes = snapshot.bytes.length;
  }
}
