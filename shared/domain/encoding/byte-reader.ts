import { shortText } from "./short-text.ts";

/** Bytes that are no valid encoding. The only error that decoding throws. */
export class DecodingError extends Error {
  override readonly name = "DecodingError";
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The most bytes of an integer that may be right. */
const MAX_UINT_BYTES = 8;

/** Reads what ByteWriter wrote, and refuses everything else. Never reads past the end. */
export class ByteReader {
  /** All of them, read or not. Places are counted from their beginning. */
  readonly bytes: Uint8Array;
  readonly #end: number;
  #position: number;

  /** Reads from `start` to `end`: a view of that part alone would cost more than what is read of a short record. */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.#position = start;
    this.#end = end;
  }

  get remaining(): number {
    return this.#end - this.#position;
  }

  byte(): number {
    if (this.#position >= this.#end) throw tooShort();
    return this.bytes[this.#position++] as number;
  }

  /** The shortest LEB128 form only: equal values have equal bytes. */
  uint(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    // Integer operations take 32 bits: 28 of them first, then the rest.
    let low = first & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return whole(byte, low);
    }
    let high = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      high |= (byte & 0x7f) << shift;
      if (byte < 0x80) return whole(byte, low + high * 0x10000000);
    }
    throw tooLong();
  }

  text(): string {
    const count = this.uint();
    const start = this.skip(count);
    const short = shortText(this.bytes, start, count);
    if (short !== undefined) return short;
    try {
      return utf8.decode(this.bytes.subarray(start, start + count));
    } catch {
      throw new DecodingError("a text is not UTF-8");
    }
  }

  /** Many integers, as by `uint`, into so many places of an array from one on. */
  uints(into: Float64Array, from: number, count: number): void {
    const end = from + count;
    // Near the end each byte might be missing; elsewhere none is.
    if (this.remaining < MAX_UINT_BYTES * count) {
      for (let place = from; place < end; place++) into[place] = this.uint();
      return;
    }
    const bytes = this.bytes;
    let at = this.#position;
    for (let place = from; place < end; place++) {
      const first = bytes[at] as number;
      if (first < 0x80) {
        into[place] = first;
        at += 1;
        continue;
      }
      const second = bytes[at + 1] as number;
      if (second < 0x80) {
        if (second === 0) throw notShortest();
        into[place] = (first & 0x7f) | (second << 7);
        at += 2;
        continue;
      }
      let low = (first & 0x7f) | ((second & 0x7f) << 7);
      const third = bytes[at + 2] as number;
      low |= (third & 0x7f) << 14;
      if (third < 0x80) {
        if (third === 0) throw notShortest();
        into[place] = low;
        at += 3;
        continue;
      }
      let byte = bytes[at + 3] as number;
      low |= (byte & 0x7f) << 21;
      at += 4;
      let high = 0;
      for (let shift = 0; byte >= 0x80 && shift < 28; shift += 7) {
        byte = bytes[at++] as number;
        high |= (byte & 0x7f) << shift;
      }
      if (byte >= 0x80) throw tooLong();
      into[place] = whole(byte, low + high * 0x10000000);
    }
    this.#position = at;
  }

  /** Passes over so many bytes. Returns the place of the first of them. */
  skip(count: number): number {
    if (count > this.remaining) throw tooShort();
    const start = this.#position;
    this.#position += count;
    return start;
  }

  /** Passes over a text. Returns the place of its length. */
  skipText(): number {
    const start = this.#position;
    this.skip(this.uint());
    return start;
  }

  /** Reads bytes that can only be these. */
  expect(wanted: Uint8Array, message: string): void {
    const start = this.skip(wanted.length);
    for (let at = 0; at < wanted.length; at++) {
      if (this.bytes[start + at] !== wanted[at]) throw new DecodingError(message);
    }
  }

  /** The length of a list. Each thing in a list takes at least `shortest` bytes, so a false length cannot ask for much. */
  count(shortest = 1): number {
    const length = this.uint();
    if (length * shortest > this.remaining) throw new DecodingError("a list is longer than the bytes");
    return length;
  }

  raw(count: number): Uint8Array {
    const start = this.skip(count);
    return this.bytes.subarray(start, this.#position);
  }

  /** For the end of a message: nothing may follow it. */
  end(): void {
    if (this.remaining !== 0) throw new DecodingError(`${this.remaining} bytes too many`);
  }
}

/** An integer whose last byte was read. */
function whole(lastByte: number, value: number): number {
  if (lastByte === 0) throw notShortest();
  if (!Number.isSafeInteger(value)) throw new DecodingError("an integer is beyond 2^53");
  return value;
}

function tooShort(): DecodingError {
  return new DecodingError("the bytes end too early");
}

function tooLong(): DecodingError {
  return new DecodingError("an integer is too long");
}

function notShortest(): DecodingError {
  return new DecodingError("an integer is not in its shortest form");
}
