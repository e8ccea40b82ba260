import type { SimulatedRandom } from "#test/simulation/chance/simulated-random.ts";

/** What decides how a disk's commits and reads go. */
export interface DiskConditions {
  readonly weather: DiskWeather;
  readonly random: SimulatedRandom;
}

/** How the disk of a Region behaves now. */
export interface DiskWeather {
  /** The mean time of a commit, ms. */
  commitMs: number;
  /** Of a thousand commits, so many take `slowMs` (mean) longer. */
  slowPerMille: number;
  slowMs: number;
  /** Of a thousand commits, so many fail: what they wrote may or may not be found later. */
  failPerMille: number;
  /** Of a thousand commits, so many are durable for a while before whoever waits for them is told. */
  lateAnswerPerMille: number;
  /** Of a thousand reads, so many take a while. */
  slowReadPerMille: number;
}

export function fairDisk(): DiskWeather {
  return {
    commitMs: 0.5,
    slowPerMille: 5,
    slowMs: 20,
    failPerMille: 0,
    lateAnswerPerMille: 50,
    slowReadPerMille: 20,
  };
}
