import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { isRenewable, type RenewableProjections } from "#shared/ports/projections.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { type Projector, type ProjectorDependencies, startProjector } from "./projector.ts";

/** How often it is looked whether the new tables have come as far as the old ones. */
const LOOK_MS = 20;

/** A projector whose tables can be made anew from the journal while they are read, where their store can do that. */
export class RenewableProjector implements Projector {
  readonly #dependencies: ProjectorDependencies;
  #projector: Projector;
  #isRenewing = false;
  #isStopped = false;

  private constructor(dependencies: ProjectorDependencies, projector: Projector) {
    this.#dependencies = dependencies;
    this.#projector = projector;
  }

  /** As `startProjector`. */
  static async start(dependencies: ProjectorDependencies): Promise<RenewableProjector> {
    return new RenewableProjector(dependencies, await startProjector(dependencies));
  }

  /**
   * Fills new tables from the journal's beginning, and puts them in place of the old ones, which are written and read meanwhile. Resolves with the seq at which they were. `undefined` while another renewal runs, or where the projector
   * was stopped in the middle: the old tables stay then. Programmer's error where `isRenewable` denies it.
   */
  async renew(): Promise<{ readonly seq: number } | undefined> {
    const { projections } = this.#dependencies;
    assert(isRenewable(projections), "tables that are made anew can be");
    if (this.#isRenewing || this.#isStopped) return undefined;
    this.#isRenewing = true;
    try {
      return await this.#renew(projections);
    } finally {
      this.#isRenewing = false;
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#projector.stop();
  }

  async #renew(projections: RenewableProjections): Promise<{ readonly seq: number } | undefined> {
    const { shard, clock } = this.#dependencies;
    const fresh = projections.openFresh();
    // Rows are to come from outcomes alone: no snapshot tells of orders here.
    const filling = await startProjector({ ...this.#dependencies, projections: fresh, snapshots: NONE });
    while (!this.#isStopped && fresh.position(shard) < projections.position(shard)) await pause(clock);
    filling.stop();
    if (this.#isStopped) {
      await fresh.close();
      return undefined;
    }
    this.#projector.stop();
    const seq = fresh.position(shard);
    await projections.replaceBy(fresh);
    this.#projector = await startProjector(this.#dependencies);
    if (this.#isStopped) this.#projector.stop();
    return { seq };
  }
}

const NONE: SnapshotStore = {
  save: async () => {},
  list: async () => [],
  rewind: async () => {},
  close: async () => {},
};

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.schedule(LOOK_MS, resolve));
}
