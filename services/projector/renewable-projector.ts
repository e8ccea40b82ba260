import type { Clock } from "#shared/ports/clock.ts";
import type { Projections } from "#shared/ports/projections.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { type Projector, type ProjectorDependencies, startProjector } from "./projector.ts";

/** Tables of which a second set can be filled and put in place. */
export interface RenewableTables extends Projections {
  openFresh(): Projections;
  replaceBy(fresh: Projections): Promise<void>;
}

export interface RenewableProjectorDependencies extends ProjectorDependencies {
  readonly projections: RenewableTables;
}

/** How often it is looked whether the new tables have come as far as the old ones. */
const LOOK_MS = 20;

/** A projector whose tables can be made anew from the journal while they are read. */
export class RenewableProjector implements Projector {
  readonly #dependencies: RenewableProjectorDependencies;
  #projector: Projector;
  #isRenewing = false;
  #isStopped = false;

  private constructor(dependencies: RenewableProjectorDependencies, projector: Projector) {
    this.#dependencies = dependencies;
    this.#projector = projector;
  }

  /** As `startProjector`. */
  static async start(dependencies: RenewableProjectorDependencies): Promise<RenewableProjector> {
    return new RenewableProjector(dependencies, await startProjector(dependencies));
  }

  /**
   * Fills new tables from the journal's beginning, and puts them in place of the old ones, which are written and read meanwhile. Resolves with the seq at which they were. `undefined` while another renewal runs, or where the projector
   * was stopped in the middle: the old tables stay then.
   */
  async renew(): Promise<{ readonly seq: number } | undefined> {
    if (this.#isRenewing || this.#isStopped) return undefined;
    this.#isRenewing = true;
    try {
      return await this.#renew();
    } finally {
      this.#isRenewing = false;
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#projector.stop();
  }

  async #renew(): Promise<{ readonly seq: number } | undefined> {
    const { projections, shard, clock } = this.#dependencies;
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
