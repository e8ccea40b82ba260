import { hashFork } from "#shared/domain/digest/state-digest.ts";
import type { ForkState } from "#shared/domain/engine-state.ts";
import type { BranchId } from "#shared/domain/ids.ts";
import type { DigestSum } from "./digest-sum.ts";

/** How far the replay of each fork has come here. */
export class Forks {
  readonly #states = new Map<BranchId, ForkState>();
  readonly #digest: DigestSum;

  constructor(digest: DigestSum) {
    this.#digest = digest;
  }

  /** A fork that was never heard of is at its beginning. */
  find(fork: BranchId): ForkState {
    return this.#states.get(fork) ?? { fork, cursor: 0, ended: false };
  }

  set(state: ForkState): void {
    const before = this.#states.get(state.fork);
    if (before !== undefined) this.#digest.subtract(this.#hashed(before));
    this.#states.set(state.fork, state);
    this.#digest.add(this.#hashed(state));
  }

  /** By id. */
  states(): ForkState[] {
    return [...this.#states.values()].sort((a, b) => (a.fork < b.fork ? -1 : 1));
  }

  #hashed(state: ForkState): number {
    const { hash } = this.#digest;
    hashFork(hash, state);
    return hash.sum;
  }
}
