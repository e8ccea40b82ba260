import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";

const FIRST_MS = 50;
const LONGEST_MS = 2000;

/** Waits longer and longer between attempts, by chance a little less, until told that things have changed. */
export class Retry {
  readonly #clock: Clock;
  readonly #random: Random;
  #delayMs = FIRST_MS;
  #wakers = new Set<() => void>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** It worked: the next wait is short again. */
  reset(): void {
    this.#delayMs = FIRST_MS;
  }

  /** Ends every wait now, and makes the next short. */
  wake(): void {
    this.reset();
    for (const waker of [...this.#wakers]) waker();
  }

  /** Resolves after the delay, which then doubles; or when woken. */
  async wait(): Promise<void> {
    const half = Math.ceil(this.#delayMs / 2);
    const delayMs = half + this.#random.below(half + 1);
    this.#delayMs = Math.min(2 * this.#delayMs, LONGEST_MS);
    let timer: Timer | undefined;
    await this.orWoken(
      new Promise<void>((resolve) => {
        timer = this.#clock.schedule(delayMs, resolve);
      }),
    );
    timer?.cancel();
  }

  /** What the promise resolves to, or `undefined` as soon as it is woken. */
  orWoken<T>(promise: Promise<T>): Promise<T | undefined> {
    const { promise: woken, resolve } = Promise.withResolvers<undefined>();
    const waker = () => resolve(undefined);
    this.#wakers.add(waker);
    return Promise.race([promise, woken]).finally(() => this.#wakers.delete(waker));
  }
}
