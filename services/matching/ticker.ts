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
  #isRunning = false;
  #isBusy = false;

  constructor(clock: Clock, append: (time: number) => void) {
    this.#clock = clock;
    this.#append = append;
  }

  start(): void {
    this.#isRunning = true;
    this.#tick();
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
  }

  /** Something other than a tick was folded: the next tick comes soon. */
  noteCommand(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    if (this.#isRunning) this.#wait();
  }

  #tick(): void {
    this.#isBusy = false;
    this.#lastTick = this.#clock.monotonic();
    this.#wait();
    this.#append(this.#clock.now());
  }

  /** One timer, at the next tick: an idle shard wakes nobody in between. */
  #wait(): void {
    const age = this.#clock.monotonic() - this.#lastTick;
    const interval = this.#isBusy ? BUSY_INTERVAL_MS : IDLE_INTERVAL_MS;
    this.#timer?.cancel();
    this.#timer = this.#clock.schedule(Math.max(0, interval - age), () => this.#tick());
  }
}
