import { touched } from "./touched.ts";

/**
 * How far behind the beginning of its memory a table begins. The C library's allocator (glibc) gives large memory 16 bytes behind a page's beginning, and the next cache line begins 48 bytes
 * behind that: from there on a row of 64 bytes is one cache line, where it would otherwise be parts of two. Elsewhere it does no harm.
 */
const OFFSET = 48;

/**
 * Rows of a growing table in one piece of memory, seen as doubles and as 32-bit words: what belongs to one thing lies in neighbouring cache lines.
 * The bytes of a row are a power of two, so that the place of a field is its row's, by a shift, *or* its own: neither can overflow, so the compiler checks neither (docs/decisions/0011).
 */
export class Rows {
  floats: Float64Array<ArrayBuffer>;
  ints: Int32Array<ArrayBuffer>;
  bytes: Uint8Array<ArrayBuffer>;
  readonly #rowBytes: number;

  constructor(rowBytes: number, capacity: number) {
    this.#rowBytes = rowBytes;
    const buffer = new ArrayBuffer(OFFSET + rowBytes * capacity);
    this.floats = new Float64Array(buffer, OFFSET);
    this.ints = touched(new Int32Array(buffer, OFFSET));
    this.bytes = new Uint8Array(buffer, OFFSET);
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
    const buffer = new ArrayBuffer(OFFSET + capacity * this.#rowBytes);
    const bytes = new Uint8Array(buffer, OFFSET);
    bytes.set(this.bytes);
    this.floats = new Float64Array(buffer, OFFSET);
    this.ints = new Int32Array(buffer, OFFSET);
    this.bytes = bytes;
  }
}
