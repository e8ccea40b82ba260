import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "#shared/ports/clock.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import type { Log } from "#shared/telemetry/log.ts";
import { clientAddress } from "../client-address.ts";
import type { Authenticator } from "../identity/principal.ts";
import type { OutboxQueue } from "../intake/outbox-queue.ts";
import { clientNetwork } from "../rest/client-network.ts";
import type { TradeDependencies } from "../rest/trade-operation.ts";
import { ConnectionCounts } from "../sockets/connection-counts.ts";
import type { CountOrder } from "../sockets/count-order.ts";
import { TradeEvents } from "../sockets/trade-events.ts";
import { type TimeUnit, timeUnitOf } from "../time-unit.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import { MarketStreams } from "./market-streams.ts";
import { StreamClient } from "./stream-client.ts";
import { StreamHub } from "./stream-hub.ts";
import type { StreamLimits } from "./stream-limits.ts";
import { StreamRefusal } from "./stream-requests.ts";
import { UserStreams } from "./user-streams.ts";
import { refuseUpgrade, WebSocketConnection } from "./web-socket-connection.ts";
import { WsApiClient } from "./ws-api-client.ts";

export interface StreamsDependencies extends TradeDependencies {
  readonly server: HttpServer;
  readonly view: ExchangeView;
  readonly queue: OutboxQueue;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly streamLimits: StreamLimits;
  readonly wsApiLimits: StreamLimits;
  /** The account's order limits, shared with the other doors. */
  readonly countOrder: CountOrder;
  /** How many proxies in front of this gateway add to X-Forwarded-For. */
  readonly proxyHops: number;
  readonly log: Log;
}

export interface AttachedStreams {
  /** Says so to every client, disconnects it and stops. */
  close(): void;
}

/** One open connection. */
interface Open {
  readonly connection: WebSocketConnection;
  readonly sayShutdown: () => void;
}

/** Binance's WebSockets on an HTTP server: streams at `/ws` and `/stream`, the WebSocket API at `/ws-api/v3`. */
export function attachStreams(dependencies: StreamsDependencies): AttachedStreams {
  const { server, view, queue, authenticator, clock, proxyHops, log } = dependencies;
  const hub = new StreamHub();
  const markets = new MarketStreams({ hub, view, clock });
  const users = new UserStreams({ view, queue });
  const trading = new TradeEvents(dependencies, dependencies.countOrder);
  const open = new Set<Open>();
  const apiClients = new Set<WsApiClient>();
  const byAddress = new ConnectionCounts<string>(dependencies.streamLimits.connectionsPerAddressMax);

  authenticator.onRevoked((account) => {
    for (const client of apiClients) void client.revoked(account);
  });

  const serve = (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    limits: StreamLimits,
    begin: (connection: () => WebSocketConnection) => ClientSide,
  ) => {
    const address = clientNetwork(clientAddress(request, proxyHops));
    if (byAddress.isFull(address)) return refuseUpgrade(socket, 429);
    let connection: WebSocketConnection | undefined;
    let one: Open | undefined;
    const client = begin(() => connection as WebSocketConnection);
    connection = WebSocketConnection.open({
      ...{ request, socket, head, clock, limits },
      onMessage: (text) => client.onMessage(text),
      onClose: () => {
        client.leave();
        if (one !== undefined && open.delete(one)) byAddress.remove(address);
      },
      onEnded: (reason) => log.info({ reason }, "stream-disconnected"),
    });
    if (connection === undefined) return;
    byAddress.add(address);
    one = { connection, sayShutdown: client.sayShutdown };
    open.add(one);
    client.opened();
  };

  const serveStreams =
    (isCombined: boolean, names: readonly string[], timeUnit: TimeUnit) =>
    (connection: () => WebSocketConnection): ClientSide => {
      const client = new StreamClient(isCombined, {
        hub,
        view,
        timeUnit,
        streamsMax: dependencies.streamLimits.streamsMax,
        onFollowed: (stream) => markets.followed(stream),
        connection: {
          send: (frame) => connection().send(frame),
          restart: () => connection().restart(),
        },
      });
      return {
        onMessage: (text) => client.answer(text),
        leave: () => client.leave(),
        opened: () => {
          // A name in the address that is none is passed over, as on Binance: some clients number their connections there.
          for (const name of names) follow(client, name);
        },
        sayShutdown: () => client.tell("!serverShutdown", { e: "serverShutdown", E: clock.now() }),
      };
    };

  const serveApi =
    (timeUnit: TimeUnit) =>
    (connection: () => WebSocketConnection): ClientSide => {
      const client = new WsApiClient({
        ...{ authenticator, users, trading, clock, log, timeUnit },
        connection: { send: (frame) => connection().send(frame), restart: () => connection().restart() },
      });
      return {
        onMessage: (text) => void client.answer(text),
        opened: () => apiClients.add(client),
        leave: () => {
          apiClients.delete(client);
          client.leave();
        },
        sayShutdown: () => client.tell({ e: "serverShutdown", E: clock.now() }),
      };
    };

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://streams");
    const { streamLimits, wsApiLimits } = dependencies;
    const isApi = /^\/ws-api\/v3\/?$/.test(pathname);
    const [, root = "", rest = ""] = /^\/(ws|stream)(?:\/(.*))?$/.exec(pathname) ?? [];
    if (!isApi && root === "") return;
    const unit = unitAsked(searchParams);
    if (unit === undefined) return refuseUpgrade(socket, 400);
    if (isApi) return serve(request, socket, head, wsApiLimits, serveApi(unit));
    const listed = root === "ws" ? rest : (searchParams.get("streams") ?? "");
    const names = listed
      .split("/")
      .map(decoded)
      .filter((name) => name !== "");
    serve(request, socket, head, streamLimits, serveStreams(root === "stream", names, unit));
  };
  server.on("upgrade", onUpgrade);

  return {
    close: () => {
      server.off("upgrade", onUpgrade);
      markets.close();
      users.close();
      for (const { connection, sayShutdown } of [...open]) {
        sayShutdown();
        connection.goAway();
      }
    },
  };
}

/** What stands behind a connection. */
interface ClientSide {
  readonly onMessage: (text: string) => void;
  readonly opened: () => unknown;
  readonly leave: () => void;
  readonly sayShutdown: () => void;
}

function follow(client: StreamClient, name: string): void {
  try {
    client.subscribe([name]);
  } catch (error) {
    if (!(error instanceof StreamRefusal)) throw error;
  }
}

/** `undefined` for what is no unit. */
function unitAsked(parameters: URLSearchParams): TimeUnit | undefined {
  try {
    return timeUnitOf(parameters.get("timeUnit"));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return undefined;
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return "";
  }
}
