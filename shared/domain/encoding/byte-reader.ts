/** Bytes that are no valid encoding. The only error that decoding throws. */
export class DecodingError extends Error {
  override readonly name = "DecodingError";
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Up to so many bytes a loop is faster than the decoder. */
const MAX_LOOPED_BYTES = 24;

/** A short text of ASCII alone, as most are: ids of Regions, markets and branches; `undefined` for any other. */
function asciiOf(bytes: Uint8Array, start: number, count: number): string | undefined {
  if (count > MAX_LOOPED_BYTES) return undefined;
  let text = "";
  for (let at = start; at < start + count; at++) {
    const byte = bytes[at] as number;
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Reads what ByteWriter wrote, and refuses everything else. Never reads past the end. */
export class ByteReader {
  /** All of them, read or not. */
  readonly bytes: Uint8Array;
  #position = 0;
  #view: DataView | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The same bytes, for numbers of a fixed width. Made when it is first asked for: most encodings have none. */
  get view(): DataView {
    const { buffer, byteOffset, byteLength } = this.bytes;
    this.#view ??= new DataView(buffer, byteOffset, byteLength);
    return this.#view;
  }

  get remaining(): number {
    return this.bytes.length - this.#position;
  }

  byte(): number {
    const value = this.bytes[this.#position];
    if (value === undefined) throw tooShort();
    this.#position++;
    return value;
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
    const short = asciiOf(this.bytes, start, count);
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
