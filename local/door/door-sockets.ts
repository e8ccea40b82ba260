import type { Socket } from "node:net";
import type { ConnectionPoster } from "#shared/ports/connection-poster.ts";
import { closeFrame, textFrame } from "#shared/protocol/web-socket-frames.ts";

/** What may wait for a client that does not read, bytes: then it is dropped. */
const BUFFERED_MAX = 256 * 1024;
const GOING_AWAY = 1001;

/** The open sockets of the embedded door, by connection: what API Gateway's management API writes to. */
export class DoorSockets implements ConnectionPoster {
  readonly #sockets = new Map<string, Socket>();

  get size(): number {
    return this.#sockets.size;
  }

  add(connectionId: string, socket: Socket): void {
    this.#sockets.set(connectionId, socket);
  }

  remove(connectionId: string): void {
    this.#sockets.delete(connectionId);
  }

  async post(connectionId: string, text: string): Promise<"sent" | "gone"> {
    const socket = this.#sockets.get(connectionId);
    if (socket === undefined || socket.destroyed) return "gone";
    if (socket.writableLength > BUFFERED_MAX) {
      socket.destroy();
      return "gone";
    }
    socket.write(textFrame(text));
    return "sent";
  }

  closeAll(): void {
    for (const socket of this.#sockets.values()) {
      socket.write(closeFrame(GOING_AWAY));
      socket.destroySoon();
    }
    this.#sockets.clear();
  }
}
