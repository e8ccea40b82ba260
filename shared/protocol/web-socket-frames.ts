import { createHash } from "node:crypto";

/** Frames of WebSocket as this server has them (RFC 6455, 5.2): text and control frames from clients, always masked; ours never. */
export type ClientFrame =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "ping"; readonly payload: Buffer }
  | { readonly kind: "pong" }
  | { readonly kind: "close"; readonly code: number };

/** A client that does not speak the protocol; it is closed with this code (RFC 6455, 7.4.1). */
export class FrameError extends Error {
  override readonly name = "FrameError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const [CONTINUED, TEXT, CLOSE, PING, PONG] = [0x0, 0x1, 0x8, 0x9, 0xa];
const CONTROL_BYTES_MAX = 125;
const NO_STATUS = 1005;

/** `Sec-WebSocket-Accept` for a client's key. */
export function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}${GUID}`).digest("base64");
}

export function textFrame(text: string): Buffer {
  return frame(TEXT, Buffer.from(text));
}

export function pingFrame(payload: Buffer): Buffer {
  return frame(PING, payload);
}

export function pongFrame(payload: Buffer): Buffer {
  return frame(PONG, payload);
}

export function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return frame(CLOSE, payload);
}

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  if (length < 126) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

/** Reads a client's frames from its bytes, however they are cut. Throws `FrameError`. */
export class FrameReader {
  readonly #bytesMax: number;
  #rest = Buffer.alloc(0);
  #parts: Buffer[] | undefined;

  /** @param bytesMax of one message */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  *push(bytes: Buffer): Generator<ClientFrame> {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const read = this.#next();
      if (read === undefined) return;
      const frame = this.#take(read.opcode, read.isLast, read.payload);
      if (frame !== undefined) yield frame;
    }
  }

  #next(): { opcode: number; isLast: boolean; payload: Buffer } | undefined {
    const rest = this.#rest;
    if (rest.length < 2) return undefined;
    const [first = 0, second = 0] = rest;
    if ((first & 0x70) !== 0) throw new FrameError(1002, "no extension was agreed on");
    if ((second & 0x80) === 0) throw new FrameError(1002, "a client masks its frames");
    let length = second & 0x7f;
    let at = 2;
    if (length === 126) {
      if (rest.length < 4) return undefined;
      length = rest.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (rest.length < 10) return undefined;
      length = Number(rest.readBigUInt64BE(2));
      at = 10;
    }
    if (length > this.#bytesMax) throw new FrameError(1009, "the message is too large");
    if (rest.length < at + 4 + length) return undefined;
    const mask = rest.subarray(at, at + 4);
    const payload = Buffer.from(rest.subarray(at + 4, at + 4 + length));
    for (let index = 0; index < length; index++)
      payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0);
    this.#rest = Buffer.from(rest.subarray(at + 4 + length));
    return { opcode: first & 0x0f, isLast: (first & 0x80) !== 0, payload };
  }

  #take(opcode: number, isLast: boolean, payload: Buffer): ClientFrame | undefined {
    if (opcode >= CLOSE && (!isLast || payload.length > CONTROL_BYTES_MAX))
      throw new FrameError(1002, "a control frame is whole and short");
    switch (opcode) {
      case CLOSE:
        return { kind: "close", code: payload.length >= 2 ? payload.readUInt16BE() : NO_STATUS };
      case PING:
        return { kind: "ping", payload };
      case PONG:
        return { kind: "pong" };
      case TEXT:
        if (this.#parts !== undefined) throw new FrameError(1002, "a message in a message");
        this.#parts = [payload];
        break;
      case CONTINUED:
        if (this.#parts === undefined) throw new FrameError(1002, "nothing to go on with");
        this.#parts.push(payload);
        break;
      default:
        throw new FrameError(1003, "messages are text");
    }
    const length = this.#parts.reduce((sum, part) => sum + part.length, 0);
    if (length > this.#bytesMax) throw new FrameError(1009, "the message is too large");
    if (!isLast) return undefined;
    const bytes = Buffer.concat(this.#parts);
    this.#parts = undefined;
    return { kind: "text", text: utf8(bytes) };
  }
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FrameError(1007, "text is UTF-8");
  }
}
