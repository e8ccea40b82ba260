import { setImmediate as nextTurn } from "node:timers/promises";
import type { Subscription } from "#shared/ports/command-log.ts";

/** As many are read at once. */
export const SUBSCRIPTION_BATCH = 500;

/**
 * A subscription over something that can be read from a place and says when it has grown: reads batches, hands them on one after the other,
 * and waits for `notify` when there are no more.
 */
export class PollSubscription<T> implements Subscription {
  readonly #read: () => readonly T[];
  readonly #handle: (batch: readonly T[]) => void | Promise<void>;
  readonly #before: () => Promise<void> | undefined;
  #running = false;
  #canceled = false;

  /** `read` returns what comes next and remembers that it did; `before` does what must be done ahead of it, if anything. */
  constructor(
    read: () => readonly T[],
    handle: (batch: readonly T[]) => void | Promise<void>,
    before: () => Promise<void> | undefined = () => undefined,
  ) {
    this.#read = read;
    this.#handle = handle;
    this.#before = before;
  }

  cancel(): void {
    this.#canceled = true;
  }

  /** There may be more to read. Never overlaps with itself; a rejection of the handler is a programmer error and ends the task. */
  notify(): void {
    if (this.#running || this.#canceled) return;
    this.#running = true;
    queueMicrotask(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    try {
      while (!this.#canceled) {
        const first = this.#before();
        if (first !== undefined) {
          await first;
          continue;
        }
        const batch = this.#read();
        if (batch.length === 0) return;
        await this.#handle(batch);
        // Behind a full batch there is more: a subscriber with much to read leaves turns to everybody else.
        if (batch.length >= SUBSCRIPTION_BATCH) await nextTurn();
      }
    } finally {
      this.#running = false;
    }
  }
}
