import type { Server as HttpServer, IncomingMessage } from "node:http";
import { Server } from "socket.io";
import type { ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Fanout } from "#shared/ports/fanout.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Projections } from "#shared/ports/projections.ts";
import { ApiError, ERRORS } from "#shared/protocol/errors.ts";
import { type Log, SILENT_LOG } from "#shared/telemetry/log.ts";
import { type Metrics, NO_METRICS } from "#shared/telemetry/metrics.ts";
import { NO_TRACING, type Tracing } from "#shared/telemetry/tracing.ts";
import type { Authenticator } from "../identity/principal.ts";
import type { OutboxQueue } from "../intake/outbox-queue.ts";
import type { OrderEntry } from "../order-entry.ts";
import type { ReconciliationFeed } from "../reconciliations/reconciliation-feed.ts";
import { ReconciliationJson } from "../reconciliations/reconciliation-json.ts";
import type { ExchangeStatus } from "../regions/exchange-status.ts";
import type { ShardFinality } from "../regions/region-status-source.ts";
import { clientNetwork } from "../rest/client-network.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import { ConnectionCounts } from "./connection-counts.ts";
import type { CountOrder } from "./count-order.ts";
import { FeedChain } from "./feed-chain.ts";
import { handleEvents } from "./handle-events.ts";
import { identifyHandshake } from "./handshake.ts";
import { limitMessages } from "./limit-messages.ts";
import { MessageBudget } from "./message-budget.ts";
import { publishQueued } from "./queued-publisher.ts";
import { publishReconciliations } from "./reconciliation-publisher.ts";
import { RegionPublisher } from "./region-publisher.ts";
import { EVERYBODY, sourceOfRoom, userRoom } from "./rooms.ts";
import { ShardSockets } from "./shard-sockets.ts";
import { bufferedBytes } from "./slow-clients.ts";
import type { SocketLimits } from "./socket-limits.ts";
import { SocketShards } from "./socket-shards.ts";
import type { GatewayServer, GatewaySocket } from "./socket-types.ts";
import { toldRooms } from "./told-rooms.ts";
import { TradeEvents } from "./trade-events.ts";
import { publishTransfers } from "./transfers-publisher.ts";

export interface SocketDependencies {
  /** Its request handler (the Express app) must be set already. It stays open when the sockets close. */
  readonly server: HttpServer;
  readonly view: ExchangeView;
  /** One of each shard of the view. */
  readonly journals: ReadonlyMap<ShardId, Journal>;
  readonly finality: ReadonlyMap<ShardId, ShardFinality>;
  readonly status: ExchangeStatus;
  readonly reconciliations: ReconciliationFeed;
  readonly queue: OutboxQueue;
  readonly entry: OrderEntry;
  readonly projections: Projections;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly limits: SocketLimits;
  readonly sessionCookieName: string;
  readonly log?: Log;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing | undefined;
  /** Origins, besides the gateway's own, whose pages may use the session cookie. */
  readonly allowedOrigins?: readonly string[];
  /** The account's order limits, shared with REST; without it orders are bounded by the message limit only. */
  readonly countOrder?: CountOrder;
  /** The client's address; behind a load balancer, from its header. Default: the connection's. */
  readonly addressOf?: (request: IncomingMessage) => string;
  /** How rooms are told, between the gateways of a Region; in this process by itself without it. It is closed with the sockets. */
  readonly attachFanout?: ((io: Server) => Fanout) | undefined;
  /** Updates of a shard kept in memory for resyncs; older ones come from the journal. */
  readonly recentUpdates?: number;
}

export interface AttachedSockets {
  /** Tells every client that this gateway goes away, closes its connection, and stops. */
  close(): Promise<void>;
}

const DEPTH_MS = 100;
const KLINE_MS = 250;
const SECOND_MS = 1000;

/** Serves the Socket.IO protocol (shared/protocol/socket.ts) on an HTTP server, from the view's updates. */
export function attachSockets(dependencies: SocketDependencies): AttachedSockets {
  const {
    projections,
    server,
    view,
    journals,
    finality,
    status,
    queue,
    entry,
    authenticator,
    clock,
    limits,
    sessionCookieName,
  } = dependencies;
  const { log = SILENT_LOG, allowedOrigins = [], recentUpdates = 8192, metrics = NO_METRICS } = dependencies;
  const tracing = dependencies.tracing ?? NO_TRACING;
  const countOrder: CountOrder = dependencies.countOrder ?? ((_account, place) => place());
  const addressOf = (request: IncomingMessage) =>
    clientNetwork(dependencies.addressOf?.(request) ?? request.socket.remoteAddress ?? "");

  const byAddress = new ConnectionCounts<string>(limits.connectionsPerAddressMax);
  const byAccount = new ConnectionCounts<number>(limits.connectionsPerAccountMax);
  const io: GatewayServer = new Server(server, {
    serveClient: false,
    // Upgrades at other paths are others' (the serverless door's), who first look who comes.
    destroyUpgradeTimeout: 10_000,
    maxHttpBufferSize: limits.messageBytesMax,
    connectTimeout: 10_000,
    // Browsers keep other sites from reading polling answers; sockets have no such rule, so the handshake checks the cookie's origin.
    ...(allowedOrigins.length === 0 ? {} : { cors: { origin: [...allowedOrigins], credentials: true } }),
    allowRequest: (request, decide) => {
      if (byAddress.isFull(addressOf(request))) decide("too many connections", false);
      else decide(null, true);
    },
  });
  io.engine.on(
    "connection",
    (connection: { request: IncomingMessage; once(event: "close", f: () => void): void }) => {
      const address = addressOf(connection.request);
      byAddress.add(address);
      connection.once("close", () => byAddress.remove(address));
    },
  );

  // Polling answers do not pass through the app, which sets this elsewhere.
  io.engine.on("headers", (headers: Record<string, string>) => {
    headers["X-Content-Type-Options"] = "nosniff";
  });

  const fanout = dependencies.attachFanout?.(io as Server);
  const rooms = toldRooms(io, fanout);
  const trading = new TradeEvents(dependencies, countOrder);
  const chain = new FeedChain();
  const shards = new SocketShards(
    view.shards.map((shard) => {
      const journal = journals.get(shard.shard);
      const final = finality.get(shard.shard);
      assert(journal !== undefined, `the gateway reads the journal of ${shard.shard}`);
      assert(final !== undefined, `the gateway knows what is final of ${shard.shard}`);
      return new ShardSockets({
        rooms,
        view: shard,
        journal,
        clock,
        chain,
        finality: final,
        recentUpdates,
        metrics,
        tracing,
      });
    }),
  );

  const regions = new RegionPublisher(rooms, status);
  const subscriptions = [
    publishQueued(rooms, queue, shards),
    publishReconciliations(rooms, dependencies.reconciliations, new ReconciliationJson(view)),
    ...view.shards.map((shard) => shard.onUpdate((update) => publishTransfers(rooms, view, update))),
  ];

  metrics.add("meridian_refusals_total", { door: "socket", code: String(ERRORS.UNKNOWN.code) }, 0);
  const gauge = (value: number) => [{ value, labels: {} }];
  metrics.observe("meridian_socket_connections", () => gauge(io.engine.clientsCount));
  metrics.observe("meridian_socket_buffered_bytes", () =>
    gauge(Math.max(0, ...[...io.sockets.sockets.values()].map(bufferedBytes))),
  );
  const { adapter } = io.of("/");
  adapter.on("create-room", (room: string) => {
    const source = sourceOfRoom(room);
    if (source === undefined) return;
    const shard = "shard" in source ? view.shard(source.shard) : view.shardOf(source.market);
    if (shard !== undefined) chain.begin(room, shard.seq);
  });
  adapter.on("delete-room", (room: string) => chain.forget(room));

  io.use((socket: GatewaySocket, next) => {
    const handshake = { authenticator, sessionCookieName, allowedOrigins };
    identifyHandshake(socket.request, socket.handshake.auth, handshake).then(
      ({ principal, recheck }) => {
        socket.data.principal = principal;
        socket.data.recheck = recheck;
        socket.data.resyncing = new Set();
        socket.data.budget = new MessageBudget(
          limits.messagesPerSecond,
          limits.messageBurst,
          clock.monotonic(),
        );
        next();
      },
      (error: unknown) => next(refusal(error, log)),
    );
  });
  io.on("connection", (socket) => {
    const account = socket.data.principal?.account;
    if (account !== undefined) {
      if (byAccount.isFull(account)) {
        socket.disconnect(true);
        return;
      }
      byAccount.add(account);
      socket.once("disconnect", () => byAccount.remove(account));
      void socket.join(view.shards.map(({ shard }) => userRoom(shard, account)));
    }
    void socket.join(EVERYBODY);
    regions.welcome(socket);
    limitMessages(socket, clock, limits);
    handleEvents(socket, {
      view,
      projections,
      shards,
      entry,
      clock,
      trading,
      countOrder,
      log,
      metrics,
      tracing,
    });
  });

  const recheck = (socket: GatewaySocket) => {
    socket.data.recheck().catch(() => socket.disconnect(true));
  };
  authenticator.onRevoked((account) => {
    for (const socket of io.sockets.sockets.values()) {
      if (socket.data.principal?.account === account) recheck(socket);
    }
  });

  const timers = [
    every(clock, DEPTH_MS, () => {
      for (const shard of shards.all) {
        shard.publishers.depth.flush();
        shard.flushFinal();
      }
    }),
    every(clock, KLINE_MS, () => {
      for (const { publishers } of shards.all) publishers.kline.flush();
      regions.flush();
    }),
    every(clock, SECOND_MS, () => {
      for (const { publishers } of shards.all) publishers.ticker.flush();
      for (const socket of io.sockets.sockets.values()) {
        if (bufferedBytes(socket) <= limits.sendBufferBytesMax) continue;
        log.info({ account: socket.data.principal?.account }, "slow-socket-disconnected");
        metrics.add("meridian_socket_slow_disconnects_total", {});
        socket.disconnect(true);
      }
    }),
    // What ended at another gateway, or by its age.
    every(clock, limits.recheckMs, () => io.sockets.sockets.forEach(recheck)),
  ];

  return {
    close: async () => {
      for (const timer of timers) timer.cancel();
      for (const subscription of subscriptions) subscription.cancel();
      for (const shard of shards.all) shard.close();
      io.local.emit("serverShutdown", { time: clock.now() });
      // The connection, not the session: who is disconnected in Socket.IO's own words does not come again by itself.
      for (const socket of io.sockets.sockets.values()) socket.conn.close();
      io.engine.close();
      await fanout?.close();
    },
  };
}

/** What a refused client sees as `connect_error`: the error's words, and the whole envelope as `data`. */
function refusal(error: unknown, log: Log): Error {
  if (!(error instanceof ApiError)) log.error({ err: error }, "socket-handshake-failed");
  const answer = error instanceof ApiError ? error : new ApiError("UNKNOWN");
  return Object.assign(new Error(answer.message), { data: answer.toJSON() });
}

function every(clock: Clock, intervalMs: number, task: () => void): Timer {
  let timer: Timer;
  const again = () => {
    timer = clock.schedule(intervalMs, () => {
      again();
      task();
    });
  };
  again();
  return { cancel: () => timer.cancel() };
}
