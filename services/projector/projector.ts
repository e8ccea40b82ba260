import type { Outcome } from "#shared/domain/event.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import { InconsistentStores } from "#shared/ports/inconsistent-stores.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { ProjectionStand, Projections } from "#shared/ports/projections.ts";
import type { Snapshot, SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { isInHistory } from "#shared/read-model/history.ts";
import { newestSnapshotUpTo } from "#shared/read-model/newest-snapshot.ts";
import { recordOutcomes } from "#shared/telemetry/record-outcomes.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import { ProjectionFolders } from "./projection-folders.ts";

export interface ProjectorDependencies {
  readonly shard: ShardId;
  readonly journal: Journal;
  readonly snapshots: SnapshotStore;
  readonly projections: Projections;
  readonly clock: Clock;
  /** The highest seq of the tape that is final: the tables never go back behind it. */
  readonly finalSeq: () => number;
  /** An operating error that ends the projector: the task must stop and start again. */
  readonly onFailure: (error: unknown) => void;
  readonly tracing?: Tracing | undefined;
}

/**
 * Writes Orders, order lists, Trades, prevented matches and candles from the journal: forward, what it is given twice once; and back when the
 * journal goes back.
 */
export interface Projector {
  stop(): void;
}

/** While outcomes flow, one commit holds what came in so long: fewer commits, and the same order changed twice is written once. */
const GATHER_MS = 20;

/** Goes on where the tables stand. Throws `InconsistentStores` if that is beyond the journal. */
export async function startProjector(dependencies: ProjectorDependencies): Promise<Projector> {
  await assertJournalHolds(dependencies);
  const projector = new RunningProjector(dependencies);
  await projector.start();
  return projector;
}

class RunningProjector implements Projector {
  readonly #dependencies: ProjectorDependencies;
  #subscription: Subscription | undefined;
  #isStopped = false;

  constructor(dependencies: ProjectorDependencies) {
    this.#dependencies = dependencies;
  }

  stop(): void {
    this.#isStopped = true;
    this.#subscription?.cancel();
  }

  /** Takes the tables back to the journal's history, and goes on from there. */
  async start(): Promise<void> {
    for (;;) {
      const { folders, snapshot } = await this.#prepare();
      if (this.#isStopped) return;
      // The journal may have gone back meanwhile.
      if (this.#isOnTape(this.#stand) && (snapshot === undefined || this.#isOnTape(snapshot)))
        return this.#follow(folders, snapshot?.seq ?? 0);
    }
  }

  /** Folders to go on with, from the newest snapshot that is not ahead of the tables: what lies between is folded again and changes nothing. */
  async #prepare(): Promise<{ folders: ProjectionFolders; snapshot: Snapshot | undefined }> {
    const { shard, journal, snapshots, projections } = this.#dependencies;
    const history = journal.branches();
    const seq = await projections.rewind(shard, history);
    const snapshot = await newestSnapshotUpTo(seq, shard, snapshots, history);
    return { folders: await ProjectionFolders.from(snapshot, projections), snapshot };
  }

  #follow(folders: ProjectionFolders, after: number): void {
    const again = () => {
      subscription.cancel();
      return this.start();
    };
    const subscription = this.#dependencies.journal.subscribe(
      after,
      // What is folded again begins behind the tables. Where the journal goes back to a place between the two, no subscriber is told: it has not come so far.
      (outcomes) =>
        this.#orFail(subscription, () =>
          this.#isOnTape(this.#stand) ? this.#project(folders, outcomes) : again(),
        ),
      () => this.#orFail(subscription, again),
    );
    this.#subscription = subscription;
  }

  async #project(folders: ProjectionFolders, outcomes: readonly Outcome[]): Promise<void> {
    const { journal, projections, clock, finalSeq, tracing } = this.#dependencies;
    const begin = clock.monotonic();
    await projections.commit(folders.fold(outcomes, finalSeq()));
    recordOutcomes(tracing, "projector.write", outcomes, begin);
    const isCaughtUp = outcomes.at(-1)?.seq === journal.lastSeq();
    if (isCaughtUp) await new Promise<void>((resolve) => clock.schedule(GATHER_MS, resolve));
  }

  get #stand(): ProjectionStand {
    return this.#dependencies.projections.stand(this.#dependencies.shard);
  }

  #isOnTape(place: ProjectionStand): boolean {
    return isInHistory(this.#dependencies.journal.branches(), place);
  }

  async #orFail(subscription: Subscription, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      subscription.cancel();
      // One that was stopped may find its tables closed.
      if (!this.#isStopped) this.#dependencies.onFailure(error);
    }
  }
}

/** Throws `InconsistentStores` if the tables hold what the journal never had. */
export async function assertJournalHolds({
  shard,
  journal,
  projections,
}: Pick<ProjectorDependencies, "shard" | "journal" | "projections">): Promise<void> {
  const { branch, seq } = projections.stand(shard);
  if (seq <= journal.lastSeq()) return;
  const [superseded] = await journal.readSuperseded(branch, seq - 1, 1);
  if (superseded?.seq === seq) return;
  throw new InconsistentStores(
    `The journal of ${shard} ends at seq ${journal.lastSeq()}, but the tables hold seq ${seq}: the journal has lost outcomes.`,
  );
}
