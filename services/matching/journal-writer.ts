import type { Outcome } from "#shared/domain/event.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";

/** Outcomes are written together: when so many wait, or the oldest has waited so long. */
const BATCH_SIZE = 500;
const BATCH_AGE_MS = 10;

/** Writes outcomes to the journal in batches, in order, one batch at a time. */
export class JournalWriter {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown) => void;
  #waiting: Outcome[] = [];
  /** When each of them was added, monotonic ms. */
  readonly #addedAt: number[] = [];
  #tip: number;
  #timer: Timer | undefined;
  #writing: Promise<void> | undefined;
  /** Why the journal took no more; nothing is written after it. */
  #failure: { readonly error: unknown } | undefined;

  constructor(journal: Journal, clock: Clock, onFailure: (error: unknown) => void) {
    this.#journal = journal;
    this.#clock = clock;
    this.#onFailure = onFailure;
    this.#tip = journal.lastSeq();
  }

  /** The highest seq that is in the journal or on its way to it. */
  get tip(): number {
    return this.#tip;
  }

  /** How long the oldest outcome that is not yet durable has waited, ms; 0 where there is none. */
  get oldestMs(): number {
    const [oldest] = this.#addedAt;
    return oldest === undefined ? 0 : this.#clock.monotonic() - oldest;
  }

  /** Outcomes not yet durable in the journal. */
  get pending(): number {
    return this.#waiting.length;
  }

  /** Its seq must be the next. */
  add(outcome: Outcome): void {
    this.#waiting.push(outcome);
    this.#addedAt.push(this.#clock.monotonic());
    this.#tip = outcome.seq;
    if (this.#waiting.length >= BATCH_SIZE) this.#start();
    else this.#timer ??= this.#clock.schedule(BATCH_AGE_MS, () => this.#start());
  }

  /** Resolves when all that was added is durable; rejects if the journal failed, for then it never will be. */
  async flush(): Promise<void> {
    while (this.#failure === undefined && (this.#waiting.length > 0 || this.#writing !== undefined)) {
      this.#start();
      await this.#writing;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** The journal was taken back, and nothing waits. */
  restart(): void {
    assert(this.#waiting.length === 0, "outcomes wait for the journal while it goes back");
    this.#tip = this.#journal.lastSeq();
  }

  #start(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#failure !== undefined || this.#writing !== undefined || this.#waiting.length === 0) return;
    const batch = this.#waiting.slice(0, BATCH_SIZE);
    this.#writing = this.#journal.append(batch).then(
      () => {
        this.#waiting.splice(0, batch.length);
        this.#addedAt.splice(0, batch.length);
        this.#writing = undefined;
        if (this.#waiting.length > 0) this.#start();
      },
      (error: unknown) => {
        this.#writing = undefined;
        this.#failure = { error };
        this.#onFailure(error);
      },
    );
  }
}
