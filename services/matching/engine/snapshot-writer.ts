import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import type { Codec } from "#shared/domain/encoding/codec.ts";
import { assert } from "#shared/domain/invariant.ts";

/** The most bytes of an integer in an encoding. */
export const MAX_INTEGER_BYTES = 8;

/**
 * The same forms as `ByteWriter`, for a hundred megabytes of them: whoever writes asks once for the room of a whole record, and numbers are handed over in
 * bulk. Its memory is taken at once and never copied if the first guess was enough; what is not written to costs nothing but addresses.
 */
export class SnapshotWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;
  readonly #one = new Float64Array(1);

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** What was written: the memory itself, not a copy. Nothing may be written after it. */
  finish(): Uint8Array {
    // Bytes beyond the end of an array are lost without a word.
    assert(this.#length <= this.#bytes.length, "there was room for what was written");
    return this.#bytes.subarray(0, this.#length);
  }

  /** Must be called before up to so many bytes are written. */
  ensure(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  byte(value: number): void {
    this.#bytes[this.#length++] = value;
  }

  uint(value: number): void {
    this.#one[0] = value;
    this.uints(this.#one, 1);
  }

  /** The first `count` of some non-negative safe integers, as `ByteWriter` writes them. */
  uints(values: Float64Array, count: number): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let place = 0; place < count; place++) {
      const value = values[place] as number;
      assert(Number.isSafeInteger(value) && value >= 0, "an integer is unsigned and safe");
      let rest = value | 0;
      if (value > 0x7fffffff) {
        // Integer operations take 32 bits: the low 28 first.
        const low = value & 0xfffffff;
        bytes[at] = low | 0x80;
        bytes[at + 1] = (low >>> 7) | 0x80;
        bytes[at + 2] = (low >>> 14) | 0x80;
        bytes[at + 3] = (low >>> 21) | 0x80;
        at += 4;
        rest = ((value - low) / 0x10000000) | 0;
      }
      for (; rest >= 0x80; rest >>>= 7) bytes[at++] = rest | 0x80;
      bytes[at++] = rest;
    }
    this.#length = at;
  }

  /** Bytes of another memory, as they stand there. */
  copy(from: Uint8Array, start: number, end: number): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let each = start; each < end; each++) bytes[at++] = from[each] as number;
    this.#length = at;
  }

  /** A few small things by their own codec; makes its room itself. */
  encoded<T>(codec: Codec<T>, value: T): void {
    const writer = new ByteWriter();
    codec.write(writer, value);
    const bytes = writer.finish();
    this.ensure(bytes.length);
    this.copy(bytes, 0, bytes.length);
  }
}
