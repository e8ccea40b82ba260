import { assert } from "#shared/domain/invariant.ts";

/** The encoded outcomes of the last seqs, without gap. */
export class OutcomeRing {
  readonly #max: number;
  #first: number;
  #outcomes: Uint8Array[] = [];

  /** What comes first has the seq after `after`. */
  constructor(after: number, max: number) {
    this.#first = after + 1;
    this.#max = max;
  }

  get lastSeq(): number {
    return this.#first + this.#outcomes.length - 1;
  }

  add(seq: number, outcome: Uint8Array): void {
    assert(seq === this.lastSeq + 1, `outcome ${seq} follows ${this.lastSeq}`);
    this.#outcomes.push(outcome);
  }

  /** Forgets the oldest of too many. What is to be sent is sent before. */
  trim(): void {
    // A quarter more than allowed, then all that at once: shifting costs.
    if (this.#outcomes.length > this.#max * 1.25) this.forget(this.lastSeq - this.#max);
  }

  /** Those after a seq; `undefined` if some of them were forgotten. */
  after(seq: number): readonly Uint8Array[] | undefined {
    if (seq + 1 < this.#first) return undefined;
    return this.#outcomes.slice(Math.max(0, seq + 1 - this.#first));
  }

  /** Forgets those up to a seq. */
  forget(seq: number): void {
    const count = Math.min(this.#outcomes.length, seq + 1 - this.#first);
    if (count <= 0) return;
    this.#outcomes.splice(0, count);
    this.#first += count;
  }
}
