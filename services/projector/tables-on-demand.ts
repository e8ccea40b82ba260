import type { Seq, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { ProjectionStand, Projections } from "#shared/ports/projections.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { isInHistory } from "#shared/read-model/history.ts";
import { newestSnapshotUpTo } from "#shared/read-model/newest-snapshot.ts";
import { ProjectionFolders } from "./projection-folders.ts";
import { assertJournalHolds } from "./projector.ts";

/** A shard's stores as they stand now: opened anew for each time, so that what others wrote is seen. */
export interface ShardSources {
  readonly journal: Journal;
  readonly snapshots: SnapshotStore;
  readonly projections: Projections;
}

export interface TablesOnDemandDependencies {
  readonly shard: ShardId;
  readonly open: () => Promise<ShardSources>;
  readonly clock: Clock;
}

/** Folders, and the seq that they have folded last. */
interface Warm extends ProjectionStand {
  readonly folders: ProjectionFolders;
}

const READ_MAX = 500;
/** Others may write the tables at the same time: who loses waits a little, a little longer each time, and looks again where they stand. About 6 s in all. */
const TRIES = 8;
const PAUSE_MS = 200;

/**
 * Brings a shard's tables up to the end of its journal when it is asked to: what a projector does that is called by a queue and runs by itself at no other time. Several may do so at once: every step is written under the one before it, so one of them
 * writes it, and the others go on from there. Its folders stay warm from one call to the next.
 */
export class TablesOnDemand {
  readonly #dependencies: TablesOnDemandDependencies;
  #warm: Warm | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(dependencies: TablesOnDemandDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Resolves when the tables hold all that the journal held when this was called.
   *
   * @param finalSeq the highest seq known to be final: the tables never go back behind it
   */
  catchUp(finalSeq: number): Promise<void> {
    const result = this.#turn.then(() => this.#tryAll(finalSeq));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #tryAll(finalSeq: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#catchUp(finalSeq);
      } catch (error) {
        // What the folders have folded may not be what is written.
        this.#warm = undefined;
        if (attempt === TRIES) throw error;
        await new Promise<void>((resolve) => this.#dependencies.clock.schedule(attempt * PAUSE_MS, resolve));
      }
    }
  }

  async #catchUp(finalSeq: number): Promise<void> {
    const { shard, open } = this.#dependencies;
    const sources = await open();
    const { journal, projections } = sources;
    try {
      await assertJournalHolds({ shard, journal, projections });
      const stand = await projections.rewind(shard, journal.branches());
      const warm = await this.#foldersUpTo(stand, sources);
      let { branch, seq } = warm;
      for (;;) {
        const outcomes = await journal.read(seq, READ_MAX);
        const last = outcomes.at(-1);
        if (last === undefined) break;
        await projections.commit(warm.folders.fold(outcomes, finalSeq));
        ({ branch, seq } = last);
      }
      this.#warm = { folders: warm.folders, branch, seq };
    } finally {
      await journal.close();
      await projections.close();
    }
  }

  /** Folders that stand at or before the tables: what lies between is folded again and changes nothing. */
  async #foldersUpTo(seq: number, { journal, snapshots, projections }: ShardSources): Promise<Warm> {
    const history = journal.branches();
    const warm = this.#warm;
    if (warm !== undefined && warm.seq <= seq && isInHistory(history, warm)) return warm;
    const { shard } = this.#dependencies;
    const snapshot = await newestSnapshotUpTo(seq, shard, snapshots, history);
    const folders = await ProjectionFolders.from(snapshot, projections);
    const { branch } = snapshot ?? projections.stand(shard);
    return { folders, branch, seq: snapshot?.seq ?? (0 as Seq) };
  }
}
