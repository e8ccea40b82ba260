import type { Random } from "#shared/ports/random.ts";

/** A price that wanders and is drawn back to where it began, in whole ticks. */
export class PriceWalk {
  readonly #start: number;
  readonly #step: number;
  readonly #random: Random;
  #ticks: number;

  constructor(startTicks: number, stepTicks: number, random: Random) {
    this.#start = startTicks;
    this.#step = stepTicks;
    this.#random = random;
    this.#ticks = startTicks;
  }

  next(): number {
    const drift = this.#random.below(2 * this.#step + 1) - this.#step;
    const pull = Math.trunc((this.#start - this.#ticks) / 200);
    this.#ticks = Math.max(1, this.#ticks + drift + pull);
    return this.#ticks;
  }
}
