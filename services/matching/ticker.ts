import type { Clock, Timer } from "#shared/ports/clock.ts";

/** How far the shard's time may lag behind the owner's clock: while commands flow, and while nothing happens. */
const BUSY_INTERVAL_MS = 50;
const IDLE_INTERVAL_MS = 1000;

export interface TickerDependencies {
  readonly clock: Clock;
  /** True while this Region brings the shard's time forward. */
  readonly ownsTime: () => boolean;
  /** Appends a tick. */
  readonly append: (time: number) => void;
  /** How far the time may lag while commands flow, ms (50). */
  readonly tickMs?: number | undefined;
}

/** Advances the shard's time: the owner appends ticks, often while commands flow, seldom while nothing happens. */
export class Ticker {
  readonly #dependencies: TickerDependencies;
  #timer: Timer | undefined;
  #lastTick = Number.NEGATIVE_INFINITY;
  #isRunning = false;
  #isBusy = false;

  constructor(dependencies: TickerDependencies) {
    this.#dependencies = dependencies;
  }

  start(): void {
    this.#isRunning = true;
    this.#tick();
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
  }

  /** Something other than a tick was folded: the next tick comes soon, where this Region gives it. */
  noteCommand(): void {
    if (this.#isBusy || !this.#dependencies.ownsTime()) return;
    this.#isBusy = true;
    if (this.#isRunning) this.#wait();
  }

  #tick(): void {
    const { clock, ownsTime, append } = this.#dependencies;
    this.#isBusy = false;
    this.#lastTick = clock.monotonic();
    this.#wait();
    if (ownsTime()) append(clock.now());
  }

  /** One timer, at the next tick: an idle shard wakes nobody in between. */
  #wait(): void {
    const { clock, tickMs = BUSY_INTERVAL_MS } = this.#dependencies;
    const age = clock.monotonic() - this.#lastTick;
    const interval = this.#isBusy ? tickMs : IDLE_INTERVAL_MS;
    this.#timer?.cancel();
    this.#timer = clock.schedule(Math.max(0, interval - age), () => this.#tick());
  }
}
