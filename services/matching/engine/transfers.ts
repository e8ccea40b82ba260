import { hashTransfer } from "#shared/domain/digest/state-digest.ts";
import type { TransferState } from "#shared/domain/engine-state.ts";
import type { DigestSum } from "./digest-sum.ts";

/** What was sent to other shards and is not yet known to be credited there. */
export class Transfers {
  readonly #states = new Map<string, TransferState>();
  readonly #digest: DigestSum;

  constructor(digest: DigestSum) {
    this.#digest = digest;
  }

  add(transfer: TransferState): void {
    this.#states.set(transfer.transferId, transfer);
    this.#digest.add(this.#hashed(transfer));
  }

  /** False if it is not in flight. */
  remove(transferId: string): boolean {
    const transfer = this.#states.get(transferId);
    if (transfer === undefined) return false;
    this.#states.delete(transferId);
    this.#digest.subtract(this.#hashed(transfer));
    return true;
  }

  /** By id. */
  states(): TransferState[] {
    return [...this.#states.values()].sort((a, b) => (a.transferId < b.transferId ? -1 : 1));
  }

  #hashed(transfer: TransferState): number {
    const { hash } = this.#digest;
    hashTransfer(hash, transfer);
    return hash.sum;
  }
}
