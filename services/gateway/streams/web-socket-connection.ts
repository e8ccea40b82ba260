import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import {
  acceptOf,
  closeFrame,
  FrameError,
  FrameReader,
  pingFrame,
  pongFrame,
} from "#shared/protocol/web-socket-frames.ts";
import { MessageBudget } from "../sockets/message-budget.ts";
import type { StreamLimits } from "./stream-limits.ts";

export interface WebSocketOptions {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly clock: Clock;
  readonly limits: StreamLimits;
  readonly onMessage: (text: string) => void;
  readonly onClose: () => void;
  /** It was disconnected for this. */
  readonly onEnded: (why: "too-fast" | "too-slow" | "silent") => void;
}

/** Codes of RFC 6455, 7.4.1, and of its registry. */
const [NORMAL, GOING_AWAY, POLICY, RESTART] = [1000, 1001, 1008, 1012];
/** A client that does not close its side is not waited for longer. */
const CLOSE_MS = 1000;

/**
 * One client's WebSocket on a connection that asked for it: pings and their deadline, a life's end, a budget of messages, and a bound of what waits to be sent. What is written before the
 * end is sent before it.
 */
export class WebSocketConnection {
  readonly #options: WebSocketOptions;
  readonly #budget: MessageBudget;
  readonly #timers: Timer[] = [];
  #heardAt: number;
  #isOpen = true;

  /** Answers the handshake; `undefined` for one that is none, which is refused. */
  static open(options: WebSocketOptions): WebSocketConnection | undefined {
    const { headers } = options.request;
    const key = headers["sec-websocket-key"];
    if (key === undefined || headers["sec-websocket-version"] !== "13") {
      refuseUpgrade(options.socket, 400);
      return undefined;
    }
    options.socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`,
    );
    return new WebSocketConnection(options);
  }

  private constructor(options: WebSocketOptions) {
    this.#options = options;
    const { socket, head, clock, limits } = options;
    this.#heardAt = clock.monotonic();
    this.#budget = new MessageBudget(limits.messagesPerSecond, limits.messageBurst, this.#heardAt);
    this.#timers.push(clock.schedule(limits.lifeMs, () => this.close(NORMAL)));
    this.#ping();
    const reader = new FrameReader(limits.messageBytesMax);
    const take = (bytes: Buffer) => this.#take(reader, bytes);
    socket.on("error", () => {});
    socket.once("close", () => this.#closed());
    socket.on("data", take);
    if (head.length > 0) queueMicrotask(() => take(head));
  }

  send(frame: Buffer): void {
    const { socket, limits, onEnded } = this.#options;
    if (!this.#isOpen || socket.destroyed) return;
    if (socket.writableLength > limits.sendBufferBytesMax) {
      onEnded("too-slow");
      socket.destroy();
      return;
    }
    socket.write(frame);
  }

  close(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { socket, clock } = this.#options;
    if (!socket.destroyed) {
      socket.end(closeFrame(code));
      const deadline = clock.schedule(CLOSE_MS, () => socket.destroy());
      socket.once("end", () => socket.destroy());
      socket.once("close", () => deadline.cancel());
      socket.resume();
    }
    this.#closed();
  }

  /** The server stops, or moves away. */
  goAway(): void {
    this.close(GOING_AWAY);
  }

  /** What was told stands no more: the client shall come back and begin anew. */
  restart(): void {
    this.close(RESTART);
  }

  #closed(): void {
    this.#isOpen = false;
    for (const timer of this.#timers.splice(0)) timer.cancel();
    this.#options.onClose();
  }

  #ping(): void {
    const { clock, limits, socket, onEnded } = this.#options;
    const timer = clock.schedule(limits.pingMs, () => {
      this.#timers.splice(this.#timers.indexOf(timer), 1);
      if (clock.monotonic() - this.#heardAt >= limits.silenceMs) {
        onEnded("silent");
        socket.destroy();
        return;
      }
      this.send(pingFrame(Buffer.from(String(clock.now()))));
      this.#ping();
    });
    this.#timers.push(timer);
  }

  #take(reader: FrameReader, bytes: Buffer): void {
    const { clock, onMessage, onEnded } = this.#options;
    try {
      for (const frame of reader.push(bytes)) {
        if (!this.#isOpen) return;
        if (frame.kind === "close") {
          this.close(NORMAL);
          return;
        }
        if (!this.#budget.take(clock.monotonic())) {
          onEnded("too-fast");
          this.close(POLICY);
          return;
        }
        if (frame.kind === "pong") this.#heardAt = clock.monotonic();
        else if (frame.kind === "ping") this.send(pongFrame(frame.payload));
        else onMessage(frame.text);
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.close(error.code);
    }
  }
}

export function refuseUpgrade(socket: Duplex, status: number): void {
  socket.on("error", () => {});
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
