import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import { isInHistory } from "#shared/read-model/history.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import {
  begunReconciliation,
  type CanonicalPast,
  type EndedReplay,
  ReconciliationFolder,
  reconciliationOf,
} from "./reconciliation-folder.ts";

export interface RecorderDependencies {
  readonly shard: ShardId;
  readonly journal: Journal;
  readonly store: ReconciliationStore;
  readonly past: CanonicalPast;
  /** How far `past` holds the tape. */
  readonly pastThrough: () => number;
  /** True once a place of the tape stays for ever. */
  readonly isFinal: (branch: BranchId, seq: Seq) => boolean;
  readonly clock: Clock;
  readonly epochOf: (branch: BranchId) => number;
  /** Told of each reconciliation once it is stored: when its replay begins, and when its end is final; again after a restart, if the end came in between. */
  readonly onChange: (reconciliation: Reconciliation) => void;
  readonly onFailure: (error: unknown) => void;
}

/** How much is read again after a restart, at most: remembering each place would cost more. */
const REMEMBER_EVERY = 10_000;
/** Finality takes a journey between Regions at least. */
const LOOK_MS = 100;

/** Writes down what became of each fork, as the journal of the lineage shows it. Told the same again it writes the same again. */
export class ReconciliationRecorder {
  readonly #dependencies: RecorderDependencies;
  #folder = new ReconciliationFolder();
  #subscription: Subscription | undefined;
  #isStopped = false;

  constructor(dependencies: RecorderDependencies) {
    this.#dependencies = dependencies;
  }

  start(): void {
    this.#follow(this.#dependencies.store.recordedThrough(this.#dependencies.shard));
  }

  stop(): void {
    this.#isStopped = true;
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
    const { shard, store, onFailure } = this.#dependencies;
    try {
      for (const outcome of outcomes) {
        const folded = this.#folder.fold(outcome);
        if (folded?.kind === "began") await this.#began(folded.fork, outcome);
        else if (folded !== undefined && !(await this.#ended(folded.ended))) return;
      }
      const last = outcomes.at(-1);
      // A replay that goes on must be read from its beginning again.
      if (last === undefined || this.#folder.isReplaying) return;
      const isFar = Math.abs(last.seq - store.recordedThrough(shard)) >= REMEMBER_EVERY;
      if (isFar) await store.setRecordedThrough(shard, last.seq);
    } catch (error) {
      this.#subscription?.cancel();
      if (!this.#isStopped) onFailure(error);
    }
  }

  async #began(fork: BranchId, outcome: Outcome): Promise<void> {
    const { store, epochOf, onChange } = this.#dependencies;
    const begun = begunReconciliation(fork, outcome, epochOf(outcome.branch));
    // Read again after a restart; what was reconciled was final.
    if ((await store.get(begun.id))?.state === "reconciled") return;
    await store.put(begun);
    onChange(begun);
  }

  /** False where the tape went back before its end was final: it is replayed anew, and read anew. */
  async #ended(ended: EndedReplay): Promise<boolean> {
    const { store, past, pastThrough, isFinal, epochOf, onChange } = this.#dependencies;
    const { branch, seq } = ended.outcome;
    if (!(await this.#until(ended.outcome, () => pastThrough() >= seq))) return false;
    const reconciliation = await reconciliationOf(ended, epochOf(branch), past);
    const isKnown = (await store.get(reconciliation.id))?.state === "reconciled";
    if (!isKnown) await store.put({ ...reconciliation, state: "replaying" });
    if (!(await this.#until(ended.outcome, () => isFinal(branch, seq)))) return false;
    // By now the tables cannot go back behind it any more; what they said before might have been of another tape.
    if (!(await this.#until(ended.outcome, () => pastThrough() >= seq))) return false;
    const final = await reconciliationOf(ended, epochOf(branch), past);
    await store.put(final);
    onChange(final);
    return true;
  }

  /** Waits for something that comes true while an outcome is on the tape; false where the tape goes back before it, or all ends. */
  async #until({ branch, seq }: Outcome, condition: () => boolean): Promise<boolean> {
    const { journal, clock } = this.#dependencies;
    for (;;) {
      if (this.#isStopped || !isInHistory(journal.branches(), { branch, seq })) return false;
      if (condition()) return true;
      await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
    }
  }
}
