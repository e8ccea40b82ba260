import { InvariantViolation } from "../invariant.ts";

const utf8 = new TextEncoder();

/** Up to so many characters a loop is faster than the encoder. */
const MAX_LOOPED_CHARACTERS = 32;

/** A growing byte buffer with the few primitive forms that the encodings use. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Begins anew in the same memory. */
  clear(): this {
    this.#length = 0;
    return this;
  }

  /** What was written so far: a copy. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** The same without a copy: the memory itself, for a hundred megabytes of it. Nothing may be written after it. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** The next so many bytes, for whoever asks to fill. Other memory after the next write. */
  view(count: number): DataView<ArrayBuffer> {
    this.#reserve(count);
    const view = new DataView(this.#bytes.buffer, this.#length, count);
    this.#length += count;
    return view;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** The 32 bits of an integer, high ones first. */
  word(value: number): void {
    this.#reserve(4);
    const bytes = this.#bytes;
    const at = this.#length;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
    this.#length = at + 4;
  }

  /** A non-negative safe integer as LEB128: seven bits a byte, low ones first. */
  uint(value: number): void {
    // The message is made only where it is needed: this stands in every number of every record.
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new InvariantViolation(`not an unsigned safe integer: ${value}`);
    }
    this.#reserve(8);
    const bytes = this.#bytes;
    let at = this.#length;
    let rest = value;
    // Integer operations take 32 bits: a larger number gives its low 28 first.
    if (value > 0x7fffffff) {
      const low = value & 0xfffffff;
      for (let shift = 0; shift < 28; shift += 7) bytes[at++] = (low >>> shift) | 0x80;
      rest = (value - low) / 0x10000000;
    }
    for (rest |= 0; rest >= 0x80; rest >>>= 7) bytes[at++] = rest | 0x80;
    bytes[at] = rest;
    this.#length = at + 1;
  }

  /** UTF-8 with its length in bytes before it. */
  text(value: string): void {
    if (value.length <= MAX_LOOPED_CHARACTERS && this.#ascii(value)) return;
    const bytes = utf8.encode(value);
    this.uint(bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Writes a short text if it is ASCII alone, as most are: ids of Regions, markets and branches. */
  #ascii(value: string): boolean {
    const count = value.length;
    this.#reserve(count + 1);
    const bytes = this.#bytes;
    const start = this.#length + 1;
    for (let at = 0; at < count; at++) {
      const code = value.charCodeAt(at);
      if (code > 0x7f) return false;
      bytes[start + at] = code;
    }
    bytes[this.#length] = count;
    this.#length = start + count;
    return true;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
