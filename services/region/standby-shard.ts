import type { HeldFold } from "#services/matching/held-fold.ts";
import { StandbyFold } from "#services/matching/standby-fold.ts";
import { OwnLog } from "#services/reconciliation/own-log.ts";
import { Tape } from "#services/replication/tape.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord, TapePlace } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { FoldedShardStores } from "#shared/ports/stores.ts";
import type { TapeDigest } from "#shared/protocol/link.ts";
import { ownLogStart } from "./own-log-start.ts";
import { planShard } from "./plan-shard.ts";

export interface StandbyShardDependencies {
  readonly shard: ShardId;
  /** Which Region this is. */
  readonly self: RegionId;
  /** Only read: another task writes them. */
  readonly stores: FoldedShardStores;
  readonly copies: LogCopies;
  /** Up to where forks in the Region's own log are reconciled. */
  readonly bookmark: number;
  readonly clock: Clock;
  readonly onDigest: (digest: TapeDigest) => void;
  readonly onFailure: (error: unknown) => void;
}

/** What a task that stood by had of a shard: it goes on with that when it publishes. */
export interface KeptShard {
  readonly held: HeldFold;
  readonly own: OwnLog;
}

/** One shard at a task that stands by: what the Region follows of it, and a fold of that. */
export class StandbyShard {
  readonly #dependencies: StandbyShardDependencies;
  readonly #tape: Tape;
  readonly #own: OwnLog;
  readonly #fold: StandbyFold;

  static async open(
    dependencies: StandbyShardDependencies,
    record: OwnershipRecord | undefined,
  ): Promise<StandbyShard> {
    const { shard, self, stores, copies, bookmark } = dependencies;
    const listed = await stores.snapshots.list(shard);
    const past = { shard, self, record, journal: stores.journal, snapshots: listed, bookmark };
    const own = new OwnLog(ownLogStart(past));
    const plan = await planShard(shard, record, stores, own);
    const tape = new Tape({ shard, self, log: stores.log, copies }, plan);
    const fold = await StandbyFold.open({ ...dependencies, ...stores, tape }, listed);
    fold.run();
    return new StandbyShard(dependencies, tape, own, fold);
  }

  private constructor(dependencies: StandbyShardDependencies, tape: Tape, own: OwnLog, fold: StandbyFold) {
    this.#dependencies = dependencies;
    this.#tape = tape;
    this.#own = own;
    this.#fold = fold;
  }

  get place(): TapePlace {
    return this.#fold.place;
  }

  /** How many commands of the journal were not folded here yet. */
  get lag(): number {
    return Math.max(0, this.#dependencies.stores.journal.lastSeq() - this.#fold.place.seq);
  }

  /** Looks what the Region follows now, by what is remembered of the register. */
  async look(record: OwnershipRecord | undefined): Promise<void> {
    const { shard, stores } = this.#dependencies;
    this.#tape.setPlan(await planShard(shard, record, stores, this.#own));
    this.#fold.journaled(stores.journal.lastSeq());
  }

  /** Nothing is folded any more. */
  async stop(): Promise<KeptShard> {
    return { held: await this.#fold.stop(), own: this.#own };
  }
}
