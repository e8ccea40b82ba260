const LIMIT_MAX = 64;

/**
 * Lets so many requests to one table be under way at once: fewer by half when DynamoDB throttles, slowly more while it does not (additive increase,
 * multiplicative decrease; Chiu and Jain 1989). The SDK's own adaptive mode is not used: it paces by requests a second, falls to one in two seconds after
 * a dozen refusals, and then delays what would no longer be refused (docs/decisions/0014-dynamodb-tables.md).
 */
export class AdaptiveGate {
  readonly #waiting: (() => void)[] = [];
  #limit = LIMIT_MAX;
  #underWay = 0;

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#underWay >= Math.floor(this.#limit))
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#underWay++;
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** It was throttled. */
  slowDown(): void {
    this.#limit = Math.max(1, this.#limit / 2);
  }

  /** It was not. */
  speedUp(): void {
    this.#limit = Math.min(LIMIT_MAX, this.#limit + 1 / this.#limit);
  }

  /** Whoever waits takes the place, unless there are too many now. */
  #leave(): void {
    this.#underWay--;
    while (this.#underWay < Math.floor(this.#limit)) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#underWay++;
      next();
    }
  }
}
