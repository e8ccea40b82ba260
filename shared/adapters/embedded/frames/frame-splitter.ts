import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";

/** A frame is its length (4 bytes, big endian), then so many bytes. */
export const FRAME_HEADER_BYTES = 4;
/** Far more than any message needs; other protocols' first bytes are read as more. */
export const FRAME_BYTES_MAX = 64 * 1024 * 1024;

/** Cuts what arrives on a connection into frames. Holds at most one unfinished frame. */
export class FrameSplitter {
  #chunks: Uint8Array[] = [];
  #held = 0;

  /** The frames that are complete now, without their headers. Throws `DecodingError` for a length that no frame has. */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    const frames: Uint8Array[] = [];
    for (;;) {
      if (this.#held < FRAME_HEADER_BYTES) return frames;
      const head = this.#joined(FRAME_HEADER_BYTES);
      const length = new DataView(head.buffer, head.byteOffset, FRAME_HEADER_BYTES).getUint32(0);
      if (length > FRAME_BYTES_MAX) throw new DecodingError(`a frame of ${length} bytes`);
      const whole = FRAME_HEADER_BYTES + length;
      if (this.#held < whole) return frames;
      const bytes = this.#joined(whole);
      frames.push(bytes.subarray(FRAME_HEADER_BYTES, whole));
      this.#held -= whole;
      this.#chunks = this.#held === 0 ? [] : [bytes.subarray(whole)];
    }
  }

  /** The first chunk, made to hold at least `count` bytes. Chunks are joined only when all of the frame is there, or its header is cut. */
  #joined(count: number): Uint8Array {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= count) return first;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}

/** A frame's bytes with their header. */
export function frameOf(bytes: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + bytes.length);
  frame.writeUInt32BE(bytes.length, 0);
  frame.set(bytes, FRAME_HEADER_BYTES);
  return frame;
}
