import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";

/**
 * A short text as it stands in an encoding, its length, then its bytes: seen as 32-bit words as well (low byte first), the last of them filled up with zeros, so that it is
 * copied and compared four bytes at a time.
 */
export class WordText {
  readonly words: Int32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many bytes it has, its length among them. */
  size = 1;

  /** The empty text, with room for so many bytes in all. */
  constructor(room: number) {
    this.words = new Int32Array((room + 3) >>> 2);
    this.bytes = new Uint8Array(this.words.buffer, 0, room);
  }

  /** A text, of which `bytes` are just its own. */
  static of(text: string): WordText {
    const encoded = encodedText(text);
    const made = new WordText(encoded.length);
    made.bytes.set(encoded);
    made.size = encoded.length;
    return made;
  }

  /** Becomes another text; the empty one, which it says by false, if there is no room for that. */
  load(text: string): boolean {
    const encoded = encodedText(text);
    this.bytes.fill(0);
    const isRoom = encoded.length <= this.bytes.length;
    if (isRoom) this.bytes.set(encoded);
    this.size = isRoom ? encoded.length : 1;
    return isRoom;
  }
}

/** A text as it stands in an encoding: its length, then its bytes. */
function encodedText(text: string): Uint8Array {
  const writer = new ByteWriter(48);
  writer.text(text);
  return writer.finish();
}
