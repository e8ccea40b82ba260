import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import { DynamoError } from "./dynamo-errors.ts";

/** As many are read at once. */
export const PULL_BATCH = 500;
const PAUSE_MS = 500;

export interface Pull<T> {
  /** What comes next; remembers that it was read. */
  readonly read: () => Promise<readonly T[]>;
  readonly handle: (batch: readonly T[]) => void | Promise<void>;
  /** What must be done ahead of it, if anything. */
  readonly before?: () => Promise<void> | undefined;
  readonly clock: Clock;
}

/**
 * A subscription over a table that is read from a place on and that somebody says has grown. While the table does not answer it waits and reads again: it
 * falls behind, and loses nothing.
 */
export class PullSubscription<T> implements Subscription {
  readonly #pull: Pull<T>;
  #isRunning = false;
  #isCanceled = false;
  #hasMore = false;

  constructor(pull: Pull<T>) {
    this.#pull = pull;
  }

  cancel(): void {
    this.#isCanceled = true;
  }

  /** There may be more to read. Never overlaps with itself; a rejection of the handler is a programmer error and ends the task. */
  notify(): void {
    this.#hasMore = true;
    if (this.#isRunning || this.#isCanceled) return;
    this.#isRunning = true;
    void this.#drain();
  }

  async #drain(): Promise<void> {
    try {
      while (this.#hasMore && !this.#isCanceled) {
        this.#hasMore = false;
        const first = this.#pull.before?.();
        if (first !== undefined) {
          await first;
          this.#hasMore = true;
          continue;
        }
        const batch = await this.#read();
        if (batch === undefined || this.#isCanceled || batch.length === 0) continue;
        this.#hasMore = true;
        await this.#pull.handle(batch);
        if (batch.length >= PULL_BATCH) await nextTurn();
      }
    } finally {
      this.#isRunning = false;
    }
  }

  /** `undefined`: not now. */
  async #read(): Promise<readonly T[] | undefined> {
    try {
      return await this.#pull.read();
    } catch (error) {
      if (this.#isCanceled) return undefined;
      if (!(error instanceof DynamoError) || error.failure === "refused") throw error;
      await new Promise<void>((resolve) => void this.#pull.clock.schedule(PAUSE_MS, resolve));
      this.#hasMore = true;
      return undefined;
    }
  }
}
