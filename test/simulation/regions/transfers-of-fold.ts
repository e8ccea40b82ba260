import { TransferMemory } from "#services/gateway/views/transfer-memory.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";

/**
 * What a fold says of transfers, followed by its feed as a view follows it. It begins with the state when it is first asked for, and again after a rewind: reading a
 * state takes long, and many a Region dies before anybody asks.
 */
export class TransfersOfFold {
  readonly #state: () => EngineState;
  readonly #listeners = new Set<(outcome: Outcome) => void>();
  readonly #onRebuilt = new Set<() => void>();
  #memory: TransferMemory | undefined;
  #isGoingBack = false;

  constructor(feed: OutcomeFeed, state: () => EngineState) {
    this.#state = state;
    feed.subscribe(
      (outcome) => this.#take(outcome),
      () => {
        this.#memory = undefined;
        this.#isGoingBack = true;
      },
    );
  }

  /** `undefined` while the fold goes back. */
  get memory(): TransferMemory | undefined {
    if (!this.#isGoingBack) this.#memory ??= new TransferMemory(this.#state());
    return this.#memory;
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

  /** An outcome is published as soon as it is folded: the state is the one behind it. */
  #take(outcome: Outcome): void {
    if (this.#isGoingBack) {
      this.#isGoingBack = false;
      for (const listener of this.#onRebuilt) listener();
    } else this.#memory?.fold(outcome);
    for (const listener of this.#listeners) listener(outcome);
  }
}
