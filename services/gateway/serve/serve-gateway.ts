import type { Server } from "node:http";
import type { Router } from "express";
import type { Server as SocketServer } from "socket.io";
import type { Clock } from "#shared/ports/clock.ts";
import type { Connections } from "#shared/ports/connections.ts";
import type { Fanout } from "#shared/ports/fanout.ts";
import type { MakeUsageCounter } from "#shared/ports/usage-counter.ts";
import type { Log } from "#shared/telemetry/log.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import { createGatewayApp } from "../app.ts";
import type { OpenExchange } from "../exchange/open-exchange.ts";
import type { GatewayDoor } from "../gateway-door.ts";
import { SESSION_COOKIE } from "../identity/authenticate-request.ts";
import type { FaucetConfig } from "../identity/faucet.ts";
import type { IdentityService } from "../identity/identity-service.ts";
import { createMeridianRouter } from "../identity/meridian-router.ts";
import { SIGN_IN_LIMITS } from "../identity/sign-in-limits.ts";
import type { RegionIntake } from "../intake/region-intake.ts";
import type { LedgerReader } from "../ledger/ledger-routes.ts";
import type { MailRoutesDependencies } from "../notifications/mail-routes.ts";
import type { WebhookRoutesDependencies } from "../notifications/webhook-routes.ts";
import type { OperatedPlatform } from "../operators/operated-platform.ts";
import type { OperatorDesk } from "../operators/operator-desk.ts";
import type { Readiness, ShownShard } from "../readiness.ts";
import { createMemoryUsageCounter } from "../rest/memory-usage-counter.ts";
import { OrderLimiter } from "../rest/order-limiter.ts";
import { RATE_LIMITS } from "../rest/rate-limit-config.ts";
import { attachSockets } from "../sockets/attach-sockets.ts";
import type { CountOrder } from "../sockets/count-order.ts";
import { DEFAULT_SOCKET_LIMITS, GENEROUS_SOCKET_LIMITS } from "../sockets/socket-limits.ts";
import { attachStreams } from "../streams/attach-streams.ts";
import {
  GENEROUS_STREAM_LIMITS,
  GENEROUS_WS_API_LIMITS,
  STREAM_LIMITS,
  WS_API_LIMITS,
} from "../streams/stream-limits.ts";
import type { RegionView } from "../views/region-view.ts";

export interface ServedGateway {
  readonly server: Server;
  /** What answers on the server until everything is there. */
  readonly door: GatewayDoor;
  readonly healthRouter: Router;
  readonly readiness: Readiness;
  readonly exchange: Omit<OpenExchange, "stop">;
  readonly identity: IdentityService;
  readonly ledger: LedgerReader | undefined;
  readonly webhooks: Omit<WebhookRoutesDependencies, "identity"> | undefined;
  /** Whom the notifier mails, and where its mails' links lead; none where there is no notifier. */
  readonly mails: Omit<MailRoutesDependencies, "identity" | "clock"> | undefined;
  readonly unsubscribeRouter: Router | undefined;
  readonly connections: Pick<Connections, "connection" | "add"> | undefined;
  readonly faucet: FaucetConfig | undefined;
  readonly operated: OperatedPlatform | undefined;
  readonly desk: OperatorDesk | undefined;
  readonly limits: "generous" | "binance";
  /** Where several gateways count a client's use together; this one by itself where nothing is said. */
  readonly makeCounter?: MakeUsageCounter;
  readonly webFolder?: string | undefined;
  readonly trustProxyHops: number;
  readonly attachFanout?: ((io: SocketServer) => Fanout) | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
}

/** Opens a gateway's doors on an exchange: REST, Meridian's own routes, Socket.IO and Binance's WebSockets. From now on it says that it is ready; closed, its sockets are told that it goes. */
export function serveGateway(gateway: ServedGateway): { close(): Promise<void> } {
  const { server, door, readiness, exchange, identity, limits, webFolder } = gateway;
  const isGenerous = limits === "generous";
  const meridianRouter = createMeridianRouter({
    ...gateway,
    ...exchange,
    signInLimits: isGenerous ? SIGN_IN_LIMITS.generous : SIGN_IN_LIMITS.strict,
  });
  const { makeCounter = createMemoryUsageCounter } = gateway;
  const orderLimiter = new OrderLimiter(RATE_LIMITS[limits], makeCounter);
  const countOrder: CountOrder = (account, place, orders) =>
    orderLimiter.count(account, undefined, place, orders);
  const app = createGatewayApp({
    ...exchange,
    authenticator: identity,
    meridianRouter,
    unsubscribeRouter: gateway.unsubscribeRouter,
    healthRouter: gateway.healthRouter,
    clock: gateway.clock,
    rateLimits: RATE_LIMITS[limits],
    orderLimiter,
    makeCounter,
    connections: gateway.connections,
    ...(webFolder === undefined ? {} : { webFolder }),
    trustProxyHops: gateway.trustProxyHops,
    log: gateway.log,
    metrics: gateway.metrics,
    tracing: gateway.tracing,
  });
  const sockets = attachSockets({
    ...exchange,
    server,
    authenticator: identity,
    clock: gateway.clock,
    limits: isGenerous ? GENEROUS_SOCKET_LIMITS : DEFAULT_SOCKET_LIMITS,
    sessionCookieName: SESSION_COOKIE,
    attachFanout: gateway.attachFanout,
    countOrder,
    log: gateway.log,
    metrics: gateway.metrics,
    tracing: gateway.tracing,
  });
  const streams = attachStreams({
    ...exchange,
    server,
    clock: gateway.clock,
    log: gateway.log,
    authenticator: identity,
    streamLimits: { ...STREAM_LIMITS, ...(isGenerous ? GENEROUS_STREAM_LIMITS : {}) },
    wsApiLimits: { ...WS_API_LIMITS, ...(isGenerous ? GENEROUS_WS_API_LIMITS : {}) },
    countOrder,
    proxyHops: gateway.trustProxyHops,
  });
  door.open(app);
  readiness.started(exchange.view.shards.map((shard) => shownShard(shard, exchange.entry)));
  return {
    close: async () => {
      streams.close();
      await sockets.close();
    },
  };
}

function shownShard(view: RegionView, entry: RegionIntake): ShownShard {
  return {
    get time() {
      return view.time;
    },
    get isReached() {
      return entry.status(view.shard)?.route.kind !== "unreachable";
    },
  };
}
