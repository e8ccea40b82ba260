/**
 * A bounded memory of what is new: the older half is forgotten at once when the newer one is full. A map of which the oldest entry is deleted for each new one does not do: the places of what was
 * deleted stay until it is made anew, and to find the oldest it looks through them all, which takes microseconds.
 */
export class Generations<V> {
  readonly #max: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** @param max entries of both halves */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: string): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: string, value: V): void {
    if (2 * this.#young.size >= this.#max && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
