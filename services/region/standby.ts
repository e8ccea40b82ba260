import { ZoneDigests } from "#services/matching/zones/zone-digests.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { TapePlace } from "#shared/domain/lineage.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { StateBoard } from "#shared/ports/state-board.ts";
import type { WatchedStores } from "#shared/ports/stores.ts";
import { type KeptShard, StandbyShard } from "./standby-shard.ts";

export interface StandbyDependencies {
  readonly shards: readonly ShardId[];
  /** Which Region this is. */
  readonly self: RegionId;
  readonly stores: WatchedStores;
  /** Where the task that publishes says how its shards stand. */
  readonly board: Pick<StateBoard, "listen">;
  readonly clock: Clock;
  /** What could not be looked at, and is looked at again. */
  readonly onTrouble: (error: unknown) => void;
  /** Tape divergence between this task and the one that publishes: an alert. */
  readonly onDivergence: (shard: ShardId) => void;
  readonly onFailure: (error: unknown) => void;
}

/** How often it is looked what the Region follows, and how far the journal is. */
const LOOK_MS = 2000;
const SELF = "standby";

/**
 * A Region's shards at a task that waits for its turn to publish: it folds their tapes from its own reading of the logs, says nothing and writes nothing, and compares what it folds with what is published. When its turn comes
 * it goes on from where the journal ends.
 */
export class Standby {
  readonly #dependencies: StandbyDependencies;
  readonly #shards = new Map<ShardId, StandbyShard>();
  readonly #digests = new Map<ShardId, ZoneDigests>();
  readonly #diverged = new Set<ShardId>();
  readonly #told: Subscription;
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;
  #isStopped = false;

  /** Resolves when it has folded what was there. */
  static async open(dependencies: StandbyDependencies): Promise<Standby> {
    const standby = new Standby(dependencies);
    try {
      await standby.#open();
      return standby;
    } catch (error) {
      await standby.handOver();
      throw error;
    }
  }

  private constructor(dependencies: StandbyDependencies) {
    this.#dependencies = dependencies;
    for (const shard of dependencies.shards)
      this.#digests.set(shard, new ZoneDigests(() => this.#diverge(shard)));
    this.#told = dependencies.board.listen(({ publisher, shards }) => {
      for (const { shard, digest } of shards)
        if (digest !== undefined) this.#digests.get(shard)?.note(publisher, digest);
    });
  }

  /** Where its fold of a shard stands. */
  place(shard: ShardId): TapePlace | undefined {
    return this.#shards.get(shard)?.place;
  }

  /** How many commands of a shard's journal were not folded here yet. */
  lag(shard: ShardId): number {
    return this.#shards.get(shard)?.lag ?? 0;
  }

  /** Its turn has come, or it is stopped: it folds no more. A shard that it folded to another state than was published is not handed over: that begins anew from what is kept of it. */
  async handOver(): Promise<ReadonlyMap<ShardId, KeptShard>> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#told.cancel();
    await this.#looking;
    const kept = new Map<ShardId, KeptShard>();
    for (const [shard, standby] of this.#shards) {
      const had = await standby.stop();
      if (!this.#diverged.has(shard)) kept.set(shard, had);
    }
    await this.#dependencies.stores.close();
    return kept;
  }

  async #open(): Promise<void> {
    const { shards, stores, onFailure } = this.#dependencies;
    const known = await stores.known();
    for (const shard of shards) {
      const own = stores.shards.get(shard);
      assert(own !== undefined, `the stores of ${shard} are open`);
      const ofShard = {
        ...this.#dependencies,
        shard,
        stores: own,
        copies: stores.copies,
        bookmark: stores.reconciliations.bookmark(shard),
        onDigest: (digest: Parameters<ZoneDigests["note"]>[1]) =>
          void this.#digests.get(shard)?.note(SELF, digest),
        // What fails because the task has stopped or goes on by itself is nobody's business.
        onFailure: (error: unknown) => {
          if (!this.#isStopped) onFailure(error);
        },
      };
      this.#shards.set(shard, await StandbyShard.open(ofShard, known.record(shard)));
    }
    this.#lookLater();
  }

  #lookLater(): void {
    if (this.#isStopped) return;
    this.#timer = this.#dependencies.clock.schedule(LOOK_MS, () => {
      this.#looking = this.#look()
        .catch(this.#dependencies.onTrouble)
        .then(() => this.#lookLater());
    });
  }

  async #look(): Promise<void> {
    const known = await this.#dependencies.stores.known();
    for (const [shard, standby] of this.#shards) await standby.look(known.record(shard));
  }

  #diverge(shard: ShardId): void {
    this.#diverged.add(shard);
    this.#dependencies.onDivergence(shard);
  }
}
