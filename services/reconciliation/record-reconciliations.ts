import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, ShardId } from "#shared/domain/ids.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import { type CanonicalPast, ReconciliationFolder, reconciliationOf } from "./reconciliation-folder.ts";

export interface RecorderDependencies {
  readonly shard: ShardId;
  readonly journal: Journal;
  readonly store: ReconciliationStore;
  readonly past: CanonicalPast;
  readonly epochOf: (branch: BranchId) => number;
  /** Told of each reconciliation once it is stored; again after a restart, if the end came in between. */
  readonly onReconciled: (reconciliation: Reconciliation) => void;
  readonly onFailure: (error: unknown) => void;
}

/** How much is read again after a restart, at most: remembering each place would cost more. */
const REMEMBER_EVERY = 10_000;

/** Writes down what became of each fork, as the journal of the lineage shows it. Told the same again it writes the same again. */
export class ReconciliationRecorder {
  readonly #dependencies: RecorderDependencies;
  #folder = new ReconciliationFolder();
  #subscription: Subscription | undefined;

  constructor(dependencies: RecorderDependencies) {
    this.#dependencies = dependencies;
  }

  start(): void {
    this.#follow(this.#dependencies.store.recordedThrough(this.#dependencies.shard));
  }

  stop(): void {
    this.#subscription?.cancel();
  }

  #follow(after: number): void {
    const { shard, journal, store } = this.#dependencies;
    this.#folder = new ReconciliationFolder();
    this.#subscription = journal.subscribe(
      after,
      (outcomes) => this.#take(outcomes),
      (toSeq) => {
        this.#subscription?.cancel();
        // Of a replay that had begun by then all is read again, from before its beginning.
        const recorded = store.recordedThrough(shard);
        this.#follow(toSeq < recorded ? 0 : recorded);
      },
    );
  }

  async #take(outcomes: readonly Outcome[]): Promise<void> {
    const { shard, store, past, epochOf, onReconciled, onFailure } = this.#dependencies;
    try {
      for (const outcome of outcomes) {
        const ended = this.#folder.fold(outcome);
        if (ended === undefined) continue;
        const reconciliation = await reconciliationOf(ended, epochOf(outcome.branch), past);
        await store.put(reconciliation);
        onReconciled(reconciliation);
      }
      const last = outcomes.at(-1);
      // A replay that goes on must be read from its beginning again.
      if (last === undefined || this.#folder.isReplaying) return;
      const isFar = Math.abs(last.seq - store.recordedThrough(shard)) >= REMEMBER_EVERY;
      if (isFar) await store.setRecordedThrough(shard, last.seq);
    } catch (error) {
      this.#subscription?.cancel();
      onFailure(error);
    }
  }
}
