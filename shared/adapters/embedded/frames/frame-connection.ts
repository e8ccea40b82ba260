import type { Socket } from "node:net";
import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { decodeValue, encodeValue, type WireValue } from "#shared/protocol/wire-value.ts";
import { FrameSplitter, frameOf } from "./frame-splitter.ts";

export interface FrameHandlers {
  readonly onValue: (value: WireValue) => void;
  /** Once, however the connection ends. */
  readonly onClose: () => void;
}

/** Messages over a connected socket. Whatever is no frame, or no value, closes it. */
export class FrameConnection {
  readonly #socket: Socket;

  constructor(socket: Socket, { onValue, onClose }: FrameHandlers) {
    this.#socket = socket;
    socket.setNoDelay(true);
    const splitter = new FrameSplitter();
    socket.on("data", (chunk: Buffer) => {
      try {
        for (const frame of splitter.push(chunk)) {
          if (!socket.destroyed) onValue(decodeValue(frame));
        }
      } catch (error) {
        if (!(error instanceof DecodingError)) throw error;
        socket.destroy();
      }
    });
    // "close" follows in any case.
    socket.on("error", () => {});
    socket.once("close", onClose);
  }

  /** Bytes that the other side has not taken yet. */
  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /** Sends a message, or nothing where the connection is gone. */
  send(value: unknown): void {
    if (this.#socket.writable) this.#socket.write(frameOf(encodeValue(value)));
  }

  /** Calls back when everything sent so far has left this process, or the connection is gone. */
  onDrained(callback: () => void): void {
    if (!this.#socket.writable || this.#socket.writableLength === 0) {
      callback();
      return;
    }
    const done = () => {
      this.#socket.off("drain", done);
      this.#socket.off("close", done);
      callback();
    };
    this.#socket.on("drain", done);
    this.#socket.on("close", done);
  }

  close(): void {
    this.#socket.destroy();
  }
}
