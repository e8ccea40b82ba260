/** Which records of a growing table are in use: new slots come from those given back, else from the end. */
export class Slots {
  #free = new Int32Array(16);
  #freeCount = 0;
  #end = 0;

  /** One more than the highest slot ever used. */
  get end(): number {
    return this.#end;
  }

  get used(): number {
    return this.#end - this.#freeCount;
  }

  take(): number {
    if (this.#freeCount === 0) return this.#end++;
    this.#freeCount--;
    return this.#free[this.#freeCount] as number;
  }

  giveBack(slot: number): void {
    if (this.#freeCount === this.#free.length) this.#free = grown(this.#free, 2 * this.#freeCount);
    this.#free[this.#freeCount++] = slot;
  }
}

/** A longer copy. */
export function grown<T extends Int32Array | Float64Array | Uint8Array>(array: T, length: number): T {
  const copy = new (array.constructor as new (length: number) => T)(length);
  copy.set(array);
  return copy;
}
