import type { Clock, Timer } from "#shared/ports/clock.ts";

/** How far the shard's time may lag behind the owner's clock: while commands flow, and while nothing happens. */
const BUSY_INTERVAL_MS = 50;
const IDLE_INTERVAL_MS = 1000;

/** Advances the shard's time: the owner appends ticks, often while commands flow, seldom while nothing happens. */
export class Ticker {
  readonly #clock: Clock;
  readonly #append: (time: number) => void;
  #timer: Timer | undefined;
  #lastTick = Number.NEGATIVE_INFINITY;
  #busy = false;

  constructor(clock: Clock, append: (time: number) => void) {
    this.#clock = clock;
    this.#append = append;
  }

  start(): void {
    this.#tick();
    this.#timer = this.#clock.schedule(BUSY_INTERVAL_MS, () => this.start());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Something other than a tick was folded. */
  noteCommand(): void {
    this.#busy = true;
  }

  #tick(): void {
    const age = this.#clock.monotonic() - this.#lastTick;
    if (!this.#busy && age < IDLE_INTERVAL_MS) return;
    this.#busy = false;
    this.#lastTick = this.#clock.monotonic();
    this.#append(this.#clock.now());
  }
}
