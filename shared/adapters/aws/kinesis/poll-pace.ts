import type { Clock } from "#shared/ports/clock.ts";
import { pause } from "./pause.ts";

/** How long who polls a stream waits between two reads. It may change at any time. */
export class PollPace {
  #intervalMs: number;
  #hurried = new AbortController();

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** From the next wait on. */
  change(intervalMs: number): void {
    this.#intervalMs = intervalMs;
  }

  /** Who waits now reads at once: something is there. */
  hurry(): void {
    this.#hurried.abort();
    this.#hurried = new AbortController();
  }

  /** Until the next read, or until the signal says that there is none. */
  wait(clock: Clock, signal: AbortSignal): Promise<void> {
    return pause(clock, this.#intervalMs, AbortSignal.any([signal, this.#hurried.signal]));
  }
}
