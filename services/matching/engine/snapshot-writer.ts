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

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** What was written: the memory itself, not a copy. Nothing may be written after it. */
  finish(): Uint8Array {
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
    this.#length = putUint(this.#bytes, this.#length, value);
  }

  /** The first `count` of some non-negative safe integers. */
  uints(values: Float64Array, count: number): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let place = 0; place < count; place++) {
      const value = values[place] as number;
      if (value >= 0 && value < 0x80) bytes[at++] = value;
      else at = putUint(bytes, at, value);
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

/** LEB128 as `ByteWriter` writes it. Returns the place behind it. */
function putUint(bytes: Uint8Array, start: number, value: number): number {
  assert(Number.isSafeInteger(value) && value >= 0, `not an unsigned safe integer: ${value}`);
  let at = start;
  let rest = value;
  if (value > 0x7fffffff) {
    const low = value & 0xfffffff;
    bytes[at++] = low | 0x80;
    bytes[at++] = (low >>> 7) | 0x80;
    bytes[at++] = (low >>> 14) | 0x80;
    bytes[at++] = (low >>> 21) | 0x80;
    rest = (value - low) / 0x10000000;
  }
  for (rest |= 0; rest >= 0x80; rest >>>= 7) bytes[at++] = rest | 0x80;
  bytes[at] = rest;
  return at + 1;
}
