/** So many a second, spread over it, and as many at once behind a quiet second: a bucket of tokens. */
export class RateBudget {
  readonly #perSecond: number;
  #tokens: number;
  #atMs = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
  }

  /** Takes one; false where none is left. @param nowMs of a clock that is never set back */
  take(nowMs: number): boolean {
    const grown = this.#tokens + ((nowMs - this.#atMs) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#perSecond, grown);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
