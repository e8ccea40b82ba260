/** Bytes that are no valid encoding. The only error that decoding throws. */
export class DecodingError extends Error {
  override readonly name = "DecodingError";
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads what ByteWriter wrote, and refuses everything else. Never reads past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  byte(): number {
    const value = this.#bytes[this.#position];
    if (value === undefined) throw new DecodingError("the bytes end too early");
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
    throw new DecodingError("an integer is too long");
  }

  text(): string {
    const bytes = this.raw(this.uint());
    try {
      return utf8.decode(bytes);
    } catch {
      throw new DecodingError("a text is not UTF-8");
    }
  }

  /** A text as it stands, with its length before it: a view of at most 127 bytes of text. */
  encodedText(): Uint8Array {
    const start = this.#position;
    const length = this.byte();
    if (length > 0x7f) throw new DecodingError("a text is too long");
    this.raw(length);
    return this.#bytes.subarray(start, this.#position);
  }

  raw(count: number): Uint8Array {
    if (count > this.remaining) throw new DecodingError("the bytes end too early");
    const start = this.#position;
    this.#position += count;
    return this.#bytes.subarray(start, this.#position);
  }

  /** For the end of a message: nothing may follow it. */
  end(): void {
    if (this.remaining !== 0) throw new DecodingError(`${this.remaining} bytes too many`);
  }
}

/** An integer whose last byte was read. */
function whole(lastByte: number, value: number): number {
  if (lastByte === 0) throw new DecodingError("an integer is not in its shortest form");
  if (!Number.isSafeInteger(value)) throw new DecodingError("an integer is beyond 2^53");
  return value;
}
