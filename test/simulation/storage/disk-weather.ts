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
  /** Commits of stores of this kind alone take so much longer, mean ms: what is written to two stores is not in both for a while. */
  slowKind: StoreKind | undefined;
  slowKindMs: number;
  /** Of a thousand records that a log took, of so many it is not told. */
  lostAnswerPerMille: number;
}

/** The kinds of stores of a Region, as their commits are named. */
export const STORE_KINDS = [
  "command log",
  "log copies",
  "journal",
  "snapshot store",
  "acceptor",
  "known ownership",
  "outbox",
  "reconciliation store",
] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

export function fairDisk(): DiskWeather {
  return {
    commitMs: 0.5,
    slowPerMille: 5,
    slowMs: 20,
    failPerMille: 0,
    lateAnswerPerMille: 50,
    slowReadPerMille: 20,
    slowKind: undefined,
    slowKindMs: 0,
    lostAnswerPerMille: 0,
  };
}
