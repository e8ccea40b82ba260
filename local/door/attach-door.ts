import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import { clientAddress } from "#services/gateway/client-address.ts";
import type { IdentityService } from "#services/gateway/identity/identity-service.ts";
import { DoorHandler } from "#services/serverless-door/door-handler.ts";
import {
  handleWebSocketEvent,
  type WebSocketAnswer,
  type WebSocketEvent,
} from "#services/serverless-door/web-socket-event.ts";
import { createHttpDoorGateway } from "#shared/adapters/real/http-door-gateway.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Connections } from "#shared/ports/connections.ts";
import type { Random } from "#shared/ports/random.ts";
import {
  acceptOf,
  closeFrame,
  FrameError,
  FrameReader,
  pongFrame,
} from "#shared/protocol/web-socket-frames.ts";
import type { Log } from "#shared/telemetry/log.ts";
import type { DoorSockets } from "./door-sockets.ts";

export interface DoorServerDependencies {
  readonly server: Server;
  /** Of the Region's own gateway, to which orders are handed. */
  readonly port: number;
  /** Proxies in front of it that add to X-Forwarded-For. */
  readonly proxyHops: number;
  readonly sockets: DoorSockets;
  readonly identity: IdentityService;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const PATH = "/door";
/** As API Gateway: bytes of a message, silence, a connection's whole life (Quotas for WebSocket APIs). */
const MESSAGE_BYTES_MAX = 32 * 1024;
const SILENCE_MS = 10 * 60_000;
const LIFE_MS = 2 * 60 * 60_000;
/** Messages of one connection that wait while one is handled: a client that sends on is closed. */
const WAITING_MAX = 64;
const CONNECTIONS_MAX = 10_000;
const CLEAN_MS = 60_000;

/** Plays API Gateway on the Region's own server: WebSockets at `/door` become its events, for the handlers that run behind it on AWS. */
export function attachDoor(dependencies: DoorServerDependencies): void {
  const { server, port, sockets, identity, connections, clock, random, log } = dependencies;
  const handler = new DoorHandler({
    authenticator: identity,
    connections,
    gateway: createHttpDoorGateway(`http://127.0.0.1:${port}`),
    sealer: identity.sealer,
    clock,
  });
  const call = (event: WebSocketEvent): Promise<WebSocketAnswer> =>
    handleWebSocketEvent(handler, event).catch((error: unknown) => {
      log.error({ err: error }, "door-failed");
      return { statusCode: 500 };
    });
  const clean = () => {
    void connections.forgetExpired(Math.floor(clock.now() / 1000)).catch(() => {});
    timer = clock.schedule(CLEAN_MS, clean);
  };
  let timer: Timer = clock.schedule(CLEAN_MS, clean);
  server.once("close", () => timer.cancel());

  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const url = new URL(request.url ?? "", "http://door");
    if (url.pathname !== PATH) return;
    socket.on("error", () => {});
    const connectionId = Buffer.from(random.bytes(12)).toString("base64url");
    const identityOf = { sourceIp: clientAddress(request, dependencies.proxyHops) };
    const context = { connectionId, identity: identityOf } as const;
    void open();

    async function open(): Promise<void> {
      const key = request.headers["sec-websocket-key"];
      if (key === undefined || request.headers["sec-websocket-version"] !== "13") return refuse(socket, 400);
      if (sockets.size >= CONNECTIONS_MAX) return refuse(socket, 503);
      const { statusCode, body } = await call({
        requestContext: { ...context, eventType: "CONNECT" },
        queryStringParameters: Object.fromEntries(url.searchParams),
        headers: { authorization: request.headers.authorization },
      });
      if (statusCode !== 200) return refuse(socket, statusCode, body);
      if (socket.destroyed) return gone();
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`,
      );
      serve();
    }

    function gone(): void {
      sockets.remove(connectionId);
      void call({ requestContext: { ...context, eventType: "DISCONNECT" } });
    }

    function close(code: number): void {
      if (!socket.destroyed) socket.end(closeFrame(code));
    }

    function serve(): void {
      sockets.add(connectionId, socket);
      const reader = new FrameReader(MESSAGE_BYTES_MAX);
      const life = clock.schedule(LIFE_MS, () => close(1001));
      let turn = Promise.resolve();
      let waiting = 0;
      socket.setTimeout(SILENCE_MS, () => close(1001));
      socket.once("close", () => {
        life.cancel();
        gone();
      });
      const take = (bytes: Buffer) => {
        try {
          for (const frame of reader.push(bytes)) {
            if (frame.kind === "ping") socket.write(pongFrame(frame.payload));
            else if (frame.kind === "close") return close(1000);
            else if (frame.kind === "text") {
              if (waiting >= WAITING_MAX) return close(1008);
              waiting++;
              // One after the other, in the order in which they came.
              turn = turn.then(() => answer(frame.text)).finally(() => waiting--);
            }
          }
        } catch (error) {
          if (!(error instanceof FrameError)) throw error;
          close(error.code);
        }
      };
      const answer = async (body: string) => {
        const said = await call({ requestContext: { ...context, eventType: "MESSAGE" }, body });
        // API Gateway's own words for a function that failed.
        await sockets.post(connectionId, said.body ?? '{"message": "Internal server error"}');
      };
      socket.on("data", take);
      if (head.length > 0) take(head);
    }
  });
}

function refuse(socket: Socket, statusCode: number, body = ""): void {
  socket.end(
    `HTTP/1.1 ${statusCode} Refused\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
