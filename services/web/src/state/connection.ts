import { io, type Socket } from "socket.io-client";
import { ERRORS } from "#shared/protocol/errors.ts";
import type { ClientToServerEvents, ServerToClientEvents } from "#shared/protocol/socket.ts";
import type { Store } from "./store.ts";

export type PageSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

const ECHO_MS = 3000;
const LONGEST_WAIT_MS = 3000;
const WAIT_MS = 1000;

/** What the rest of the page does when the connection stands, and when the gateway will not have the page's session. */
export interface ConnectionEvents {
  readonly onLive: () => void;
  /** The gateway does not know the session. Resolves when the handshake may be tried again. */
  readonly onDenied: () => Promise<void>;
}

/** The one socket: kept up, and its round-trip time measured. */
export class Connection {
  readonly socket: PageSocket;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    this.socket = io({
      autoConnect: false,
      transports: ["websocket", "polling"],
      reconnectionDelay: 300,
      reconnectionDelayMax: LONGEST_WAIT_MS,
    });
  }

  start({ onLive, onDenied }: ConnectionEvents): void {
    const { socket } = this;
    socket.on("connect", () => {
      this.#show("live");
      this.#echo();
      onLive();
    });
    socket.on("disconnect", () => {
      this.#show("stale");
      // After an end that the server chose (an expired session, a client too slow) socket.io does not come back by itself.
      if (!socket.active) setTimeout(() => socket.connect(), WAIT_MS);
    });
    socket.on("connect_error", (error) => {
      // Active: the network, and it is tried again. Otherwise the gateway said no to the handshake.
      if (socket.active) return;
      const isSession = codeOf(error) === ERRORS.UNAUTHORIZED.code;
      const ready = isSession ? onDenied() : Promise.resolve();
      void ready.then(() => setTimeout(() => socket.connect(), WAIT_MS));
    });
    socket.connect();
    setInterval(() => this.#echo(), ECHO_MS);
    // The browser knows first that its network is back.
    window.addEventListener("online", () => socket.connect());
  }

  /** A new handshake: who the socket speaks for has changed. */
  renew(): void {
    this.socket.disconnect();
    this.socket.connect();
  }

  #echo(): void {
    if (!this.socket.connected) return;
    const sent = performance.now();
    this.socket.timeout(ECHO_MS).emit("echo", (error: Error | null) => {
      if (!this.socket.connected) return;
      if (error === null) this.#show("live", Math.max(1, Math.round(performance.now() - sent)));
      else this.#show("stale");
    });
  }

  #show(state: "live" | "stale", roundTripMs?: number): void {
    // Lost: what it took last is still told.
    const known = state === "stale" ? this.#store.get().connection.roundTripMs : undefined;
    this.#store.set({ connection: { state, roundTripMs: roundTripMs ?? known } });
  }
}

/** The catalogue's code of a refused handshake. */
function codeOf(error: Error & { data?: { code?: unknown } }): unknown {
  return error.data?.code;
}
