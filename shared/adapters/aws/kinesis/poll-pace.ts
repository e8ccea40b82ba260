import type { Clock } from "#shared/ports/clock.ts";
import { pause } from "./pause.ts";

/** How long who polls a stream waits between two reads. It may change at any time: who waits then reads at once. */
export class PollPace {
  #intervalMs: number;
  #changed = new AbortController();

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  change(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  /** Until the next read, or until the signal says that there is none. */
  wait(clock: Clock, signal: AbortSignal): Promise<void> {
    return pause(clock, this.#intervalMs, AbortSignal.any([signal, this.#changed.signal]));
  }
}
