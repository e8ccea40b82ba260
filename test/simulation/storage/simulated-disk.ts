import type { SimulatedRandom } from "#test/simulation/chance/simulated-random.ts";
import type { Life } from "#test/simulation/process/life.ts";
import { CommitQueue } from "./commit-queue.ts";
import { type DiskConditions, type DiskWeather, fairDisk, type StoreKind } from "./disk-weather.ts";

/** What a Region keeps over its crashes: named files, each in the state of its last durable commit, and what happened to be written after it. */
export class SimulatedDisk implements DiskConditions {
  readonly weather: DiskWeather = fairDisk();
  readonly random: SimulatedRandom;
  readonly #files = new Map<string, unknown>();

  constructor(random: SimulatedRandom) {
    this.random = random;
  }

  /** The durable content of a file: made empty the first time, changed in place by what is committed. */
  file<T>(name: string, empty: () => T): T {
    const known = this.#files.get(name);
    if (known !== undefined) return known as T;
    const fresh = empty();
    this.#files.set(name, fresh);
    return fresh;
  }

  /** The commits of one store, one after the other, for as long as the process lives. */
  commits(kind: StoreKind, name: string, life: Life): CommitQueue {
    return new CommitQueue(this, kind, name, life);
  }

  /** What `read` finds; mostly at once, never in a dead process. */
  reading<T>(life: Life, read: () => T): Promise<T> {
    if (this.random.perMille(this.weather.slowReadPerMille))
      return life.after(this.random.exponential(3), read);
    if (life.isOver) return new Promise(() => {});
    try {
      return Promise.resolve(read());
    } catch (error) {
      return Promise.reject(error);
    }
  }
}
