import { touched } from "./touched.ts";

/**
 * Rows of a growing table in one piece of memory, seen as doubles and as 32-bit words: what belongs to one thing lies in neighbouring cache lines.
 * The bytes of a row are a multiple of eight.
 */
export class Rows {
  floats: Float64Array<ArrayBuffer>;
  ints: Int32Array<ArrayBuffer>;
  bytes: Uint8Array<ArrayBuffer>;
  readonly #rowBytes: number;

  constructor(rowBytes: number, capacity: number) {
    this.#rowBytes = rowBytes;
    const buffer = new ArrayBuffer(rowBytes * capacity);
    this.floats = new Float64Array(buffer);
    this.ints = touched(new Int32Array(buffer));
    this.bytes = new Uint8Array(buffer);
  }

  get capacity(): number {
    return this.bytes.length / this.#rowBytes;
  }

  /** Doubles the number of rows. */
  grow(): void {
    this.#resize(2 * this.capacity);
  }

  /** Makes room for so many rows at least, as if it had grown there, but without copying on the way. */
  reserve(count: number): void {
    let { capacity } = this;
    while (capacity < count) capacity *= 2;
    if (capacity > this.capacity) this.#resize(capacity);
  }

  #resize(capacity: number): void {
    const buffer = new ArrayBuffer(capacity * this.#rowBytes);
    const bytes = new Uint8Array(buffer);
    bytes.set(this.bytes);
    this.floats = new Float64Array(buffer);
    this.ints = new Int32Array(buffer);
    this.bytes = bytes;
  }
}
