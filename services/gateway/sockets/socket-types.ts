import type { DefaultEventsMap, Server, Socket } from "socket.io";
import type { ClientToServerEvents, ServerToClientEvents } from "#shared/protocol/socket.ts";
import type { Principal } from "../identity/principal.ts";
import type { MessageBudget } from "./message-budget.ts";

/** What the gateway keeps with a socket. */
export interface SocketData {
  /** Nobody: public data only. */
  principal: Principal | undefined;
  /** Asks identity again whether the credentials of the handshake still hold; throws `ApiError` if not. */
  recheck: () => Promise<unknown>;
  budget: MessageBudget;
  /** Feeds that are being resynced. */
  resyncing: Set<string>;
}

export type GatewayServer = Server<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
export type GatewaySocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
