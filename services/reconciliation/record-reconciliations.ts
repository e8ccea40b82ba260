import type { Outcome } from "#shared/domain/event.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import { type CanonicalPast, ReconciliationFolder, reconciliationOf } from "./reconciliation-folder.ts";

export interface RecorderDependencies {
  readonly store: Pick<ReconciliationStore, "put" | "get">;
  /** The past of the lineage as of an outcome: asked right when that outcome was folded. */
  readonly pastAt: (outcome: Outcome) => CanonicalPast;
  readonly epoch: () => number;
  /** Told of each reconciliation once it is stored. */
  readonly onReconciled: (reconciliation: Reconciliation) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Writes down what became of each fork, as the Region's fold of the lineage shows it. Told the same outcome again it writes the same again. */
export class ReconciliationRecorder {
  readonly #dependencies: RecorderDependencies;
  #folder = new ReconciliationFolder();
  #writing: Promise<void> = Promise.resolve();

  constructor(dependencies: RecorderDependencies) {
    this.#dependencies = dependencies;
  }

  /** Takes the next outcome of the lineage. */
  take(outcome: Outcome): void {
    const ended = this.#folder.fold(outcome);
    if (ended === undefined) return;
    const { pastAt, epoch, store, onReconciled, onFailure } = this.#dependencies;
    // The balances are read now, before anything else is folded.
    const past = pastAt(outcome);
    const record = async () => {
      const reconciliation = await reconciliationOf(ended, epoch(), past);
      await store.put(reconciliation);
      onReconciled(reconciliation);
    };
    this.#writing = this.#writing.then(record).catch(onFailure);
  }

  /** The tape goes back: what was begun and not ended is told again. */
  rewind(): void {
    this.#folder = new ReconciliationFolder();
  }

  /** Resolves when all that was taken is written. */
  settled(): Promise<void> {
    return this.#writing;
  }
}
