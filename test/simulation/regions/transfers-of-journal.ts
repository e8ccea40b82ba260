import { TransferMemory } from "#services/gateway/views/transfer-memory.ts";
import { newestFold, type RecoverySources } from "#services/matching/recover.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId, Seq } from "#shared/domain/ids.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";
import type { FoldTransfers } from "./fold-transfers.ts";

/** As `TransfersOfFold`, where the fold is in the zones: what it begins with is rebuilt from a snapshot and the journal, as views are. */
export class TransfersOfJournal implements FoldTransfers {
  readonly #sources: RecoverySources;
  readonly #onFailure: (error: unknown) => void;
  readonly #listeners = new Set<(outcome: Outcome) => void>();
  readonly #onRebuilt = new Set<() => void>();
  #memory: TransferMemory | undefined;
  /** What came while it is being rebuilt. */
  #waiting: Outcome[] = [];
  #builds = 0;

  constructor(feed: OutcomeFeed, sources: RecoverySources, seq: Seq, onFailure: (error: unknown) => void) {
    this.#sources = sources;
    this.#onFailure = onFailure;
    feed.subscribe(
      (outcome) => this.#take(outcome),
      ({ toSeq }) => this.#rebuild(toSeq),
    );
    this.#rebuild(seq);
  }

  inFlight() {
    return this.#memory?.inFlight();
  }

  creditedAt(transferId: CommandId): Seq | undefined {
    return this.#memory?.creditedAt(transferId);
  }

  onOutcome(listener: (outcome: Outcome) => void): { cancel(): void } {
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }

  onRebuilt(listener: () => void): { cancel(): void } {
    this.#onRebuilt.add(listener);
    return { cancel: () => this.#onRebuilt.delete(listener) };
  }

  #take(outcome: Outcome): void {
    if (this.#memory === undefined) this.#waiting.push(outcome);
    else this.#memory.fold(outcome);
    for (const listener of this.#listeners) listener(outcome);
  }

  /** The journal holds the tape up to this seq; what follows comes by the feed. */
  #rebuild(seq: Seq): void {
    const build = ++this.#builds;
    this.#memory = undefined;
    this.#waiting = [];
    this.#memoryAt(seq).then((memory) => {
      // The tape went back once more.
      if (build !== this.#builds) return;
      for (const outcome of this.#waiting) memory.fold(outcome);
      this.#waiting = [];
      this.#memory = memory;
      for (const listener of this.#onRebuilt) listener();
    }, this.#onFailure);
  }

  async #memoryAt(seq: Seq): Promise<TransferMemory> {
    const { fold } = await newestFold(this.#sources, seq);
    const memory = new TransferMemory(fold.engine.state());
    const { seq: from } = fold.place;
    for (const outcome of await this.#sources.journal.read(from, seq - from)) memory.fold(outcome);
    return memory;
  }
}
