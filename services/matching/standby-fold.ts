import type { Tape } from "#services/replication/tape.ts";
import { TapeCursor } from "#services/replication/tape-cursor.ts";
import type { Seq } from "#shared/domain/ids.ts";
import type { TapePlace } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Snapshot, SnapshotStore } from "#shared/ports/snapshot-store.ts";
import type { TapeDigest } from "#shared/protocol/link.ts";
import { NO_TRACING } from "#shared/telemetry/tracing.ts";
import { HeldFold } from "./held-fold.ts";
import { foldOf, newestFold, newestOf } from "./recover.ts";

export interface StandbyFoldDependencies {
  readonly tape: Tape;
  /** Only read: another task saves them. */
  readonly snapshots: Pick<SnapshotStore, "list">;
  readonly clock: Clock;
  readonly onDigest: (digest: TapeDigest) => void;
  /** An operating error that ends the fold: the task must stop and start again. */
  readonly onFailure: (error: unknown) => void;
}

/** Folds a tape as the task that publishes does, and writes nothing: what it holds goes on from wherever the journal ends when that task is gone. */
export class StandbyFold {
  readonly #dependencies: StandbyFoldDependencies;
  readonly #cursor: TapeCursor;
  #held: HeldFold;

  /** From the newest state of those that were listed, to the end of what the logs hold now. */
  static async open(
    dependencies: StandbyFoldDependencies,
    listed: readonly Snapshot[],
  ): Promise<StandbyFold> {
    const { tape, clock } = dependencies;
    const { snapshot } = newestOf(listed, tape, Number.MAX_SAFE_INTEGER);
    const standby = new StandbyFold(new HeldFold(foldOf(tape, snapshot), clock), dependencies);
    await standby.#cursor.catchUp();
    return standby;
  }

  private constructor(held: HeldFold, dependencies: StandbyFoldDependencies) {
    const { tape, onDigest } = dependencies;
    this.#dependencies = dependencies;
    this.#held = held;
    this.#cursor = new TapeCursor(
      tape,
      {
        take: (records) => {
          // What a standby folds is no part of anybody's order.
          for (const digest of this.#held.take(records, NO_TRACING)) onDigest(digest);
          this.#held.trim();
        },
        rewind: (toSeq) => this.#rewind(toSeq),
      },
      { place: held.fold.place, tip: held.fold.place.seq },
    );
  }

  get place(): TapePlace {
    return this.#held.fold.place;
  }

  /** From now on folds what comes. */
  run(): void {
    this.#cursor.run(this.#dependencies.onFailure);
  }

  /** The journal holds the outcomes up to a seq. */
  journaled(seq: number): void {
    this.#held.forget(seq);
  }

  /** Folds no more; whoever publishes from now on goes on with what it gives. */
  async stop(): Promise<HeldFold> {
    await this.#cursor.stop();
    return this.#held;
  }

  async #rewind(toSeq: Seq): Promise<TapePlace> {
    const { clock } = this.#dependencies;
    if (this.place.seq > toSeq)
      this.#held = new HeldFold((await newestFold(this.#dependencies, toSeq)).fold, clock);
    return this.place;
  }
}
