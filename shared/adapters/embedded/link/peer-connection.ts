import { connect } from "node:net";
import type { RegionId } from "#shared/domain/ids.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { LinkAnswer } from "#shared/ports/region-link.ts";
import { linkFrameOf } from "#shared/protocol/link-frames.ts";
import type { WireValue } from "#shared/protocol/wire-value.ts";
import { FrameConnection } from "../frames/frame-connection.ts";

export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

export interface PeerConnectionOptions {
  readonly self: RegionId;
  readonly address: PeerAddress;
  readonly clock: Clock;
  readonly random: Random;
}

interface Pending {
  readonly message: object;
  readonly resolve: (answer: LinkAnswer<unknown>) => void;
  readonly timer: Timer;
  isSent: boolean;
}

/** Requests under way at once; one more is `unreachable`. */
const IN_FLIGHT_MAX = 1000;
/** With so much not taken by the other side, more is `unreachable`. */
const BUFFERED_BYTES_MAX = 16 * 1024 * 1024;
const BACKOFF_FIRST_MS = 25;
const BACKOFF_MAX_MS = 1000;

const UNREACHABLE = { ok: false, error: "unreachable" } as const;

/**
 * This Region's requests to one peer, over one connection that is made anew, with growing waits, whenever it is lost. A request waits for the connection
 * as long as its own time allows.
 */
export class PeerConnection {
  readonly #options: PeerConnectionOptions;
  readonly #pending = new Map<number, Pending>();
  #address: PeerAddress;
  #connection: FrameConnection | undefined;
  #isConnected = false;
  #retry: Timer | undefined;
  #failures = 0;
  #lastId = 0;
  #isClosed = false;

  constructor(options: PeerConnectionOptions) {
    this.#options = options;
    this.#address = options.address;
    this.#connect();
  }

  /** The answer, or `unreachable` after `timeoutMs` at the latest. */
  request(kind: string, body: unknown, timeoutMs: number): Promise<LinkAnswer<unknown>> {
    if (this.#isClosed || this.#pending.size >= IN_FLIGHT_MAX || this.#isClogged)
      return Promise.resolve(UNREACHABLE);
    return new Promise((resolve) => {
      const id = ++this.#lastId;
      const timer = this.#options.clock.schedule(timeoutMs, () => this.#settle(id, UNREACHABLE));
      const message = { t: "ask", id, from: this.#options.self, kind, body };
      const pending = { message, resolve, timer, isSent: false };
      this.#pending.set(id, pending);
      if (this.#isConnected) this.#send(pending);
    });
  }

  moveTo(address: PeerAddress): void {
    if (address.host === this.#address.host && address.port === this.#address.port) return;
    this.#address = address;
    this.#failures = 0;
    this.#connection?.close();
    this.#retry?.cancel();
    if (this.#connection === undefined) this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#connection?.close();
    for (const id of [...this.#pending.keys()]) this.#settle(id, UNREACHABLE);
  }

  get #isClogged(): boolean {
    return (this.#connection?.bufferedBytes ?? 0) > BUFFERED_BYTES_MAX;
  }

  #connect(): void {
    if (this.#isClosed) return;
    const socket = connect({ ...this.#address });
    const connection = new FrameConnection(socket, {
      onValue: (value) => this.#take(value),
      onClose: () => this.#lost(),
    });
    this.#connection = connection;
    socket.once("connect", () => {
      this.#isConnected = true;
      for (const pending of this.#pending.values()) if (!pending.isSent) this.#send(pending);
    });
  }

  #send(pending: Pending): void {
    pending.isSent = true;
    this.#connection?.send(pending.message);
  }

  #take(value: WireValue): void {
    const frame = linkFrameOf(value);
    if (frame === undefined || frame.t === "ask") {
      this.#connection?.close();
      return;
    }
    this.#failures = 0;
    // Late or doubled answers name a request that nobody waits for any more.
    this.#settle(frame.id, frame.t === "answer" ? { ok: true, answer: frame.body } : UNREACHABLE);
  }

  #settle(id: number, answer: LinkAnswer<unknown>): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    pending.timer.cancel();
    pending.resolve(answer);
  }

  #lost(): void {
    this.#connection = undefined;
    this.#isConnected = false;
    for (const [id, pending] of [...this.#pending]) if (pending.isSent) this.#settle(id, UNREACHABLE);
    if (this.#isClosed) return;
    const wait = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(this.#failures++, 10));
    const jitter = this.#options.random.below(Math.ceil(wait / 2));
    this.#retry = this.#options.clock.schedule(wait + jitter, () => this.#connect());
  }
}
