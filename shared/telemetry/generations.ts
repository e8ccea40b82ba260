/**
 * A bounded memory of what is new: the older half is forgotten at once when the newer one is full, or when its owner says so. A map of which the oldest entry is deleted for each new one does not do: the places of what was
 * deleted stay until it is made anew, and to find the oldest it looks through them all, which takes microseconds.
 */
export class Generations<V> {
  readonly #max: number;
  readonly #onFull: (forgotten: ReadonlyMap<string, V>) => void;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /**
   * @param max entries of both halves
   * @param onFull told of what is forgotten for want of room
   */
  constructor(max: number, onFull: (forgotten: ReadonlyMap<string, V>) => void = () => {}) {
    this.#max = max;
    this.#onFull = onFull;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: string): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: string, value: V): void {
    if (2 * this.#young.size >= this.#max && !this.#young.has(key)) {
      if (this.#old.size > 0) this.#onFull(this.#old);
      this.turn();
    }
    this.#young.set(key, value);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** Forgets the older half: what is new now is the older half from now on. */
  turn(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }
}
