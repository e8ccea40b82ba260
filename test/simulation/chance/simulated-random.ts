import type { Random } from "#shared/ports/random.ts";
import { Draw } from "#test/property/draw.ts";

/** All chance of a simulation: one seed, split by name, so that what one part draws does not change what another one does. */
export class SimulatedRandom extends Draw implements Random {
  readonly #seed: number;

  constructor(seed: number) {
    super(seed);
    this.#seed = seed;
  }

  /** The generator of a part; the same name gives the same one. */
  split(name: string): SimulatedRandom {
    let hash = this.#seed ^ 0x9e3779b9;
    for (let at = 0; at < name.length; at++) {
      hash = Math.imul(hash ^ name.charCodeAt(at), 0x85ebca6b);
      hash ^= hash >>> 13;
    }
    return new SimulatedRandom(Math.imul(hash, 0xc2b2ae35) >>> 0);
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at++) bytes[at] = this.below(256);
    return bytes;
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.below(0x1_0000_0000) / 0x1_0000_0000;
  }

  /** A waiting time with this mean: mostly short, seldom long, never more than twenty times the mean. */
  exponential(mean: number): number {
    return Math.min(-Math.log(1 - this.fraction()) * mean, 20 * mean);
  }
}
