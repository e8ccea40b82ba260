import type { Subscription } from "#shared/ports/command-log.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";

/** The reconciliations that this Region has written down, and news of them. */
export class ReconciliationFeed {
  readonly store: Pick<ReconciliationStore, "get" | "list" | "conflictOf">;
  readonly #listeners = new Set<(reconciliation: Reconciliation) => void>();

  constructor(store: Pick<ReconciliationStore, "get" | "list" | "conflictOf">) {
    this.store = store;
  }

  /** Passes on what has just been stored. */
  tell(reconciliation: Reconciliation): void {
    for (const listener of [...this.#listeners]) listener(reconciliation);
  }

  /** Called when a replay begins, and when its end is final. */
  onTold(listener: (reconciliation: Reconciliation) => void): Subscription {
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }
}
