import type { Outcome } from "#shared/domain/event.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";

/** Outcomes are written together: when so many wait, or the oldest has waited so long. */
const BATCH_SIZE = 500;
const BATCH_AGE_MS = 10;

/** Of an outcome in which nothing happened: it waits for others, and nobody for it. */
const UNHURRIED = Number.POSITIVE_INFINITY;

export interface JournalWriterOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly onFailure: (error: unknown) => void;
  /** How long outcomes in which nothing happened may wait for others, ms; as long as all others where nothing is said. */
  readonly quietMs?: number | undefined;
}

/** Writes outcomes to the journal in batches, in order, one batch at a time. */
export class JournalWriter {
  readonly #options: JournalWriterOptions;
  #waiting: Outcome[] = [];
  /** When each of them was added, monotonic ms. */
  readonly #addedAt: number[] = [];
  #tip: number;
  #timer: Timer | undefined;
  /** Whether the timer is set for outcomes of which something waits. */
  #isHurried = false;
  #writing: Promise<void> | undefined;
  /** Why the journal took no more; nothing is written after it. */
  #failure: { readonly error: unknown } | undefined;

  constructor(options: JournalWriterOptions) {
    this.#options = options;
    this.#tip = options.journal.lastSeq();
  }

  /** The highest seq that is in the journal or on its way to it. */
  get tip(): number {
    return this.#tip;
  }

  /** How long the oldest outcome in which something happened and that is not yet durable has waited, ms; 0 where there is none. */
  get oldestMs(): number {
    const oldest = this.#addedAt.find((addedAt) => addedAt !== UNHURRIED);
    return oldest === undefined ? 0 : this.#options.clock.monotonic() - oldest;
  }

  /** Outcomes not yet durable in the journal. */
  get pending(): number {
    return this.#waiting.length;
  }

  /** Its seq must be the next. */
  add(outcome: Outcome): void {
    const { clock, quietMs = BATCH_AGE_MS } = this.#options;
    const isHurried = outcome.events.length > 0 || quietMs <= BATCH_AGE_MS;
    this.#waiting.push(outcome);
    this.#addedAt.push(isHurried ? clock.monotonic() : UNHURRIED);
    this.#tip = outcome.seq;
    if (this.#waiting.length >= BATCH_SIZE) this.#start();
    else if (this.#timer === undefined || (isHurried && !this.#isHurried)) {
      this.#timer?.cancel();
      this.#isHurried = isHurried;
      this.#timer = clock.schedule(isHurried ? BATCH_AGE_MS : quietMs, () => this.#start());
    }
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
    this.#tip = this.#options.journal.lastSeq();
  }

  #start(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#failure !== undefined || this.#writing !== undefined || this.#waiting.length === 0) return;
    const { journal, onFailure } = this.#options;
    const batch = this.#waiting.slice(0, BATCH_SIZE);
    this.#writing = journal.append(batch).then(
      () => {
        this.#waiting.splice(0, batch.length);
        this.#addedAt.splice(0, batch.length);
        this.#writing = undefined;
        if (this.#waiting.length > 0) this.#start();
      },
      (error: unknown) => {
        this.#writing = undefined;
        this.#failure = { error };
        onFailure(error);
      },
    );
  }
}
