import { TransferMemory } from "#services/gateway/views/transfer-memory.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId, Seq } from "#shared/domain/ids.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";
import type { FoldTransfers } from "./fold-transfers.ts";

/**
 * What a fold says of transfers, followed by its feed as a view follows it. It begins with the state when it is first asked for, and again after a rewind: reading a
 * state takes long, and many a Region dies before anybody asks.
 */
export class TransfersOfFold implements FoldTransfers {
  readonly #state: () => EngineState;
  readonly #isEmpty: () => boolean;
  readonly #listeners = new Set<(outcome: Outcome) => void>();
  readonly #onRebuilt = new Set<() => void>();
  #memory: TransferMemory | undefined;
  #isGoingBack = false;

  /** `isEmpty` tells that nothing is in flight without reading the state. */
  constructor(feed: OutcomeFeed, state: () => EngineState, isEmpty: () => boolean) {
    this.#state = state;
    this.#isEmpty = isEmpty;
    feed.subscribe(
      (outcome) => this.#take(outcome),
      () => {
        this.#memory = undefined;
        this.#isGoingBack = true;
      },
    );
  }

  inFlight() {
    return this.#isEmpty() ? [] : this.#remembered()?.inFlight();
  }

  creditedAt(transferId: CommandId): Seq | undefined {
    return this.#remembered()?.creditedAt(transferId);
  }

  /** Called behind each outcome. */
  onOutcome(listener: (outcome: Outcome) => void): { cancel(): void } {
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }

  /** Called when the memory is of another tape. */
  onRebuilt(listener: () => void): { cancel(): void } {
    this.#onRebuilt.add(listener);
    return { cancel: () => this.#onRebuilt.delete(listener) };
  }

  #remembered(): TransferMemory | undefined {
    if (!this.#isGoingBack) this.#memory ??= new TransferMemory(this.#state());
    return this.#memory;
  }

  /** An outcome is published as soon as it is folded: the state is the one behind it. */
  #take(outcome: Outcome): void {
    if (this.#isGoingBack) {
      this.#isGoingBack = false;
      for (const listener of this.#onRebuilt) listener();
    } else this.#memory?.fold(outcome);
    for (const listener of this.#listeners) listener(outcome);
  }
}
