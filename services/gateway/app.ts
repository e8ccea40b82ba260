import express, { type Express, type RequestHandler, type Router } from "express";
import type { Clock } from "#shared/ports/clock.ts";
import type { Connections } from "#shared/ports/connections.ts";
import type { Projections } from "#shared/ports/projections.ts";
import type { MakeUsageCounter } from "#shared/ports/usage-counter.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import type { Log } from "#shared/telemetry/log.ts";
import { type Metrics, NO_METRICS } from "#shared/telemetry/metrics.ts";
import { NO_TRACING, type Tracing } from "#shared/telemetry/tracing.ts";
import { authenticateRequest } from "./identity/authenticate-request.ts";
import type { Authenticator } from "./identity/principal.ts";
import type { OrderEntry } from "./order-entry.ts";
import { binanceRoutes } from "./rest/binance-routes.ts";
import { docsRouter } from "./rest/docs-routes.ts";
import { createErrorHandler } from "./rest/error-handler.ts";
import { createMemoryUsageCounter } from "./rest/memory-usage-counter.ts";
import type { OrderLimiter } from "./rest/order-limiter.ts";
import type { RateLimitConfig } from "./rest/rate-limit-config.ts";
import { parseJsonBody, readRawBody } from "./rest/raw-body.ts";
import { mountRoutes } from "./rest/route.ts";
import { securityHeaders } from "./rest/security-headers.ts";
import { webFiles } from "./rest/web-files.ts";
import { WeightLimiter } from "./rest/weight-limiter.ts";
import { placeSimpleOrder } from "./simple-order/place-simple-order.ts";
import { countKeyUsage } from "./telemetry/key-usage.ts";
import { logRequests } from "./telemetry/log-requests.ts";
import { measureRequests } from "./telemetry/measure-requests.ts";
import { traceRequests } from "./telemetry/trace-requests.ts";
import type { ExchangeView } from "./views/exchange-view.ts";

export interface GatewayDependencies {
  readonly view: ExchangeView;
  readonly entry: OrderEntry;
  readonly projections: Projections;
  readonly authenticator: Authenticator;
  /** Meridian's own routes, mounted at /meridian/v1. */
  readonly meridianRouter: Router;
  /** What mails' links lead to, mounted there too; its requests have forms for bodies. */
  readonly unsubscribeRouter?: Router | undefined;
  /** /healthz and /readyz. */
  readonly healthRouter: Router;
  readonly clock: Clock;
  readonly rateLimits: RateLimitConfig;
  /** One for all doors: an account's orders count together, over REST and over sockets. */
  readonly orderLimiter: OrderLimiter;
  /** Of the weight of requests; in this process where nothing is said. */
  readonly makeCounter?: MakeUsageCounter;
  /** Who waits at the serverless door for which order; none where there is no door. */
  readonly connections?: Pick<Connections, "connection" | "add"> | undefined;
  /** The built page; none for a gateway without one. */
  readonly webFolder?: string;
  /** How many proxies in front of this gateway add to X-Forwarded-For; 0 when it is reached directly. */
  readonly trustProxyHops: number;
  readonly log: Log;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing | undefined;
}

const MAX_BODY_BYTES = 32 * 1024;
const SIMPLE_ORDER_WEIGHT = 1;
const MERIDIAN_WEIGHT = 1;

/** The gateway's HTTP side: the Binance dialect, the simple order, Meridian's own routes, the documentation and the page. */
export function createGatewayApp(dependencies: GatewayDependencies): Express {
  const {
    authenticator,
    clock,
    rateLimits,
    orderLimiter,
    log,
    webFolder,
    metrics = NO_METRICS,
  } = dependencies;
  const { makeCounter = createMemoryUsageCounter } = dependencies;
  const weights = new WeightLimiter(rateLimits, clock, makeCounter);
  const routes = binanceRoutes(dependencies);

  const app = express();
  app.set("trust proxy", dependencies.trustProxyHops);
  app.set("etag", false);
  app.set("query parser", "simple");
  app.use(measureRequests(metrics, clock));
  app.use(countKeyUsage(log, clock));
  app.use(requestIds(clock));
  app.use(securityHeaders());
  app.use(dependencies.healthRouter);
  app.use(readRawBody(MAX_BODY_BYTES));
  // Behind the body: until it is here the client lets wait, and what goes on from a stream's events is in no trace.
  app.use(traceRequests(dependencies.tracing ?? NO_TRACING));
  app.use(logRequests(log));

  const api = express.Router();
  api.use(["/api", "/sapi", "/fapi", "/dapi", "/orders", "/meridian"], (_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  mountRoutes(api, routes, { authenticator, weights });
  api.post("/orders", async (request, response) => {
    await weights.charge(request, response, SIMPLE_ORDER_WEIGHT);
    const principal = await authenticateRequest(request, authenticator, "trade");
    parseJsonBody(request, response, () => {});
    const connectionId = request.get("X-Meridian-Connection");
    const place = () => placeSimpleOrder(dependencies, principal, request.body, connectionId);
    response.json(await orderLimiter.count(principal.account, response, place));
  });
  api.use("/meridian/v1", async (request, response, next) => {
    await weights.charge(request, response, MERIDIAN_WEIGHT);
    next();
  });
  if (dependencies.unsubscribeRouter !== undefined) api.use("/meridian/v1", dependencies.unsubscribeRouter);
  api.use("/meridian/v1", parseJsonBody, dependencies.meridianRouter);
  app.use(api);

  app.use(docsRouter(routes));
  if (webFolder !== undefined) app.use(webFiles(webFolder));
  app.use(() => {
    throw new ApiError("NOT_FOUND");
  });
  app.use(createErrorHandler(log, metrics));
  return app;
}

/** Names every request, in the log and to the client: unique among the requests of this process and of its predecessors. */
function requestIds(clock: Clock): RequestHandler {
  const start = clock.now().toString(36);
  let count = 0;
  return (_request, response, next) => {
    response.set("X-Request-Id", `${start}-${(++count).toString(36)}`);
    next();
  };
}
