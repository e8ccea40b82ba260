import type { Subscription } from "#shared/ports/command-log.ts";
import type { Life } from "#test/simulation/process/life.ts";

/** As many are read at once. */
export const BATCH = 500;

/** Reads from a place on, hands batches on one after the other, and waits for `notify` when there are no more. */
export class SimulatedSubscription<T> implements Subscription {
  readonly #life: Life;
  readonly #read: () => readonly T[];
  readonly #handle: (batch: readonly T[]) => void | Promise<void>;
  readonly #before: () => Promise<void> | undefined;
  #isRunning = false;
  #isCanceled = false;

  /** `read` returns what comes next and remembers that it did; `before` does what must be done ahead of it, if anything. */
  constructor(
    life: Life,
    read: () => readonly T[],
    handle: (batch: readonly T[]) => void | Promise<void>,
    before: () => Promise<void> | undefined = () => undefined,
  ) {
    this.#life = life;
    this.#read = read;
    this.#handle = handle;
    this.#before = before;
  }

  cancel(): void {
    this.#isCanceled = true;
  }

  /** There may be more to read. */
  notify(): void {
    if (this.#isRunning || this.#isCanceled) return;
    this.#isRunning = true;
    // Behind what is being done, and within the same event: nothing else happens at this moment of time.
    queueMicrotask(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    try {
      while (!this.#isCanceled && !this.#life.isOver) {
        const first = this.#before();
        if (first !== undefined) {
          await first;
          continue;
        }
        const batch = this.#read();
        if (batch.length === 0) return;
        await this.#handle(batch);
        if (batch.length >= BATCH) await this.#life.after(0, () => undefined);
      }
    } finally {
      this.#isRunning = false;
    }
  }
}
