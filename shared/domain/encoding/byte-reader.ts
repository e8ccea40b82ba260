import { shortText } from "./short-text.ts";

/** Bytes that are no valid encoding. The only error that decoding throws. */
export class DecodingError extends Error {
  override readonly name = "DecodingError";
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads what ByteWriter wrote, and refuses everything else. Never reads past the end. */
export class ByteReader {
  /** All of them, read or not. Places are counted from their beginning. */
  readonly bytes: Uint8Array;
  readonly #end: number;
  #position: number;
  #view: DataView | undefined;

  /** Reads from `start` to `end`: a view of that part alone would cost more than what is read of a short record. */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.#position = start;
    this.#end = end;
  }

  /** The same bytes, for numbers of a fixed width. Made when it is first asked for: most encodings have none. */
  get view(): DataView {
    const { buffer, byteOffset, byteLength } = this.bytes;
    this.#view ??= new DataView(buffer, byteOffset, byteLength);
    return this.#view;
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
    return this.textOf(this.uint());
  }

  /** A text of so many bytes whose length stands elsewhere. */
  textOf(count: number): string {
    const start = this.skip(count);
    const short = shortText(this.bytes, start, count);
    if (short !== undefined) return short;
    try {
      return utf8.decode(this.bytes.subarray(start, start + count));
    } catch {
      throw new DecodingError("a text is not UTF-8");
    }
  }

  /** Passes over so many bytes. Returns the place of the first of them. */
  skip(count: number): number {
    if (count > this.remaining) throw tooShort();
    const start = this.#position;
    this.#position += count;
    return start;
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
