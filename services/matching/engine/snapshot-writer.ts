import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import type { Codec } from "#shared/domain/encoding/codec.ts";
import { assert } from "#shared/domain/invariant.ts";

import { MAX_INTEGER_BYTES, putBytes, putUint } from "../flat/put.ts";

/**
 * The same forms as `ByteWriter`, for a hundred megabytes of them: whoever writes asks once for the room of a whole record, then puts its fields into `bytes` from `length` on. Its memory is
 * taken at once and never copied if the first guess was enough; what is not written to costs nothing but addresses.
 */
export class SnapshotWriter {
  /** Other memory after `ensure`. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How many of them are written. */
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** What was written: the memory itself, not a copy. Nothing may be written after it. */
  finish(): Uint8Array {
    // Bytes beyond the end of an array are lost without a word.
    assert(this.length <= this.bytes.length, "there was room for what was written");
    return this.bytes.subarray(0, this.length);
  }

  /** Must be called before up to so many bytes are written. */
  ensure(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.length + count));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  byte(value: number): void {
    this.bytes[this.length++] = value;
  }

  uint(value: number): void {
    this.length = putUint(this.bytes, this.length, value);
  }

  /** The length of a list; makes its room itself. */
  count(value: number): void {
    this.ensure(MAX_INTEGER_BYTES);
    this.uint(value);
  }

  /** A few small things by their own codec; makes its room itself. */
  encoded<T>(codec: Codec<T>, value: T): void {
    const writer = new ByteWriter();
    codec.write(writer, value);
    const bytes = writer.finish();
    this.ensure(bytes.length);
    this.length = putBytes(this.bytes, this.length, bytes, 0, bytes.length);
  }
}
