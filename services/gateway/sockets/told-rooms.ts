import type { Fanout } from "#shared/ports/fanout.ts";
import type { ServerToClientEvents } from "#shared/protocol/socket.ts";
import { EVERYBODY } from "./rooms.ts";
import type { GatewayServer } from "./socket-types.ts";

type Tell = <Event extends keyof ServerToClientEvents>(
  event: Event,
  ...message: Parameters<ServerToClientEvents[Event]>
) => unknown;

/** Rooms as publishers see them: what is told to one comes to whoever is in it. */
export interface ToldRooms {
  to(room: string): { readonly emit: Tell };
  /** To everybody. */
  readonly emit: Tell;
  /** Whether anybody at this gateway is in it. */
  has(room: string): boolean;
}

/** Rooms that are told through a fan-out; by the server itself where there is none. */
export function toldRooms(io: GatewayServer, fanout: Pick<Fanout, "emit"> = inProcess(io)): ToldRooms {
  const to = (room: string): { readonly emit: Tell } => ({
    emit: (event, ...[message]) => fanout.emit(room, event, message),
  });
  return { to, emit: to(EVERYBODY).emit, has: (room) => io.sockets.adapter.rooms.has(room) };
}

function inProcess(io: GatewayServer): Pick<Fanout, "emit"> {
  return {
    emit: (room, event, message) =>
      // What the protocol allows is checked where publishers call `emit`.
      io.to(room).emit(event as "final", message as Parameters<ServerToClientEvents["final"]>[0]),
  };
}
