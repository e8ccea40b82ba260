import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { alone } from "#local/alone.ts";
import { openStores } from "#local/open-stores.ts";
import { startExchange } from "#local/start-exchange.ts";
import { createGatewayApp } from "#services/gateway/app.ts";
import { EMBEDDED_FAUCET, type FaucetConfig } from "#services/gateway/identity/faucet.ts";
import { createHealthRouter } from "#services/gateway/identity/health-router.ts";
import { createIdentityService } from "#services/gateway/identity/identity-service.ts";
import { createMeridianRouter } from "#services/gateway/identity/meridian-router.ts";
import { SIGN_IN_LIMITS, type SignInLimitConfig } from "#services/gateway/identity/sign-in-limits.ts";
import { MERIDIAN_OPERATIONS } from "#services/gateway/meridian-operations.ts";
import type { Operation } from "#services/gateway/operation.ts";
import { openDesk } from "#services/gateway/operators/open-desk.ts";
import type { OrderEntry } from "#services/gateway/order-entry.ts";
import { Readiness } from "#services/gateway/readiness.ts";
import { binanceRoutes } from "#services/gateway/rest/binance-routes.ts";
import type { RestDependencies } from "#services/gateway/rest/dependencies.ts";
import { createMemoryUsageCounter } from "#services/gateway/rest/memory-usage-counter.ts";
import { OrderLimiter } from "#services/gateway/rest/order-limiter.ts";
import { RATE_LIMITS, type RateLimitConfig } from "#services/gateway/rest/rate-limit-config.ts";
import { attachStreams } from "#services/gateway/streams/attach-streams.ts";
import {
  GENEROUS_STREAM_LIMITS,
  GENEROUS_WS_API_LIMITS,
  STREAM_LIMITS,
  type StreamLimits,
  WS_API_LIMITS,
} from "#services/gateway/streams/stream-limits.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { parseDecimal } from "#shared/domain/decimal.ts";
import type { AccountId, AssetId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { AuditTrail } from "#shared/ports/audit-trail.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import { ONE_SHARD, oneShard } from "#test/support/one-shard.ts";
import { mountedRoutes } from "./mounted-routes.ts";

/** Opens, halts and pauses the markets of a gateway under test. */
export const OPERATOR_TOKEN = "an-operator-under-test";

export type Parameters = Readonly<Record<string, string | number>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape; what they expect is asserted.
  readonly body: any;
}

/** A user of the gateway under test, with a key that may trade. */
export interface TestUser {
  readonly name: string;
  readonly account: AccountId;
  readonly token: string;
  readonly apiKey: string;
  readonly secret: string;
}

export interface TestGateway {
  readonly url: string;
  /** Where the stores keep their files. */
  readonly folder: string;
  /** Every route that the app serves, as `GET /path`. */
  readonly routes: readonly string[];
  readonly entry: OrderEntry;
  readonly reconciliations: ReconciliationStore;
  /** Requests as they are, without a signature. */
  send(
    method: string,
    pathAndQuery: string,
    options?: { headers?: Record<string, string>; body?: string | Buffer },
  ): Promise<Answer>;
  /** A signed request: parameters in the query for GET and DELETE, in the body otherwise. */
  signed(
    user: TestUser,
    method: string,
    path: string,
    parameters?: Parameters,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Signs up, with these funds (decimal texts by asset). */
  newUser(name: string, funds?: Readonly<Record<string, string>>): Promise<TestUser>;
  newKey(user: TestUser, canTrade: boolean): Promise<TestUser>;
  stop(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly rateLimits?: RateLimitConfig;
  readonly webFolder?: string;
  /** Real time unless a test moves it. */
  readonly clock?: Clock;
  readonly signInLimits?: SignInLimitConfig;
  readonly faucet?: FaucetConfig;
  readonly streamLimits?: Partial<StreamLimits>;
  /** What the app gets instead of the real way into the exchange. */
  readonly wrapEntry?: (entry: OrderEntry) => OrderEntry;
  /** What stands between the operators' desk and the audit trail. */
  readonly wrapTrail?: (trail: AuditTrail) => AuditTrail;
}

/** Routes as documented; their handlers are not called. */
const DOCUMENTED = binanceRoutes({} as RestDependencies);
export const SESSION_SECONDS = 3600;

/** The gateway over a real shard and real embedded stores in a temporary folder. */
export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const folder = mkdtempSync(join(tmpdir(), "meridian-rest-"));
  const clock = options.clock ?? systemClock();
  const random = systemRandom();
  const onFailure = (error: unknown): never => {
    throw error;
  };
  const definitions = oneShard();
  const stores = openStores(folder, { fresh: false, shards: [ONE_SHARD], onFailure });
  const exchange = await startExchange({ definitions, ...alone("test"), stores, clock, random, onFailure });
  const { view, entry, projections, finality, status } = exchange;
  const identity = await createIdentityService({
    store: stores.identity,
    clock,
    random,
    mintAccount: () => stores.counters.take("account", 1) as AccountId,
    sessionLifetimeSeconds: SESSION_SECONDS,
    sealerOf: (key) => createLocalSealer(key, random),
  });
  const readiness = new Readiness(clock);
  readiness.started(view.shards.map((shard) => ({ time: shard.time, isReached: true })));
  const rateLimits = options.rateLimits ?? RATE_LIMITS.generous;
  const app = createGatewayApp({
    view,
    entry: options.wrapEntry?.(entry) ?? entry,
    projections,
    authenticator: identity,
    meridianRouter: createMeridianRouter({
      reconciliations: exchange.reconciliations,
      identity,
      entry,
      view,
      projections,
      finality,
      status,
      clock,
      faucet: options.faucet ?? EMBEDDED_FAUCET,
      signInLimits: options.signInLimits ?? SIGN_IN_LIMITS.generous,
      desk: openDesk([{ name: "ada", token: OPERATOR_TOKEN }], {
        trail: options.wrapTrail?.(stores.audit) ?? stores.audit,
        clock,
        random,
      }),
    }),
    healthRouter: createHealthRouter({ isReady: () => readiness.report() }),
    clock,
    rateLimits,
    orderLimiter: new OrderLimiter(rateLimits, createMemoryUsageCounter),
    trustProxyHops: 1,
    log: pino({ level: "silent" }),
    ...(options.webFolder === undefined ? {} : { webFolder: options.webFolder }),
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const streams = attachStreams({
    ...{ server, view, queue: exchange.queue, entry, projections, clock, authenticator: identity },
    streamLimits: { ...STREAM_LIMITS, ...GENEROUS_STREAM_LIMITS, ...options.streamLimits },
    wsApiLimits: { ...WS_API_LIMITS, ...GENEROUS_WS_API_LIMITS },
    countOrder: (_account, place) => place(),
    proxyHops: 1,
    log: pino({ level: "silent" }),
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const send: TestGateway["send"] = async (method, path, { headers = {}, body } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers,
      redirect: "manual",
      ...(body === undefined ? {} : { body: body as string }),
    });
    const text = await response.text();
    const isJson = response.headers.get("Content-Type")?.includes("json") ?? false;
    if (response.ok) checkAnswer(method, path, isJson ? JSON.parse(text) : undefined);
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  const newKey = async (user: Omit<TestUser, "apiKey" | "secret">, canTrade: boolean): Promise<TestUser> => {
    const { apiKey, secret } = await identity.createApiKey(user.account, "test", canTrade);
    return { ...user, apiKey, secret };
  };

  return {
    url,
    folder,
    routes: mountedRoutes(app),
    entry,
    reconciliations: stores.reconciliations,
    send,
    newKey,
    signed: (user, method, path, parameters = {}, headers = {}) => {
      const payload = query({ ...parameters, timestamp: Date.now(), recvWindow: 30_000 });
      const signed = `${payload}&signature=${sign(user.secret, payload)}`;
      const all = { "X-MBX-APIKEY": user.apiKey, ...headers };
      if (method === "GET" || method === "DELETE") return send(method, `${path}?${signed}`, { headers: all });
      const form = { ...all, "Content-Type": "application/x-www-form-urlencoded" };
      return send(method, path, { headers: form, body: signed });
    },
    newUser: async (name, funds = {}) => {
      const { account, token } = await identity.signUp(name, "correct horse battery staple");
      for (const [asset, text] of Object.entries(funds)) {
        const parsed = parseDecimal(text, view.asset(asset)?.scale ?? 0);
        assert(parsed.ok, "funds are decimals");
        const command = { kind: "Deposit", account, asset: asset as AssetId, amount: parsed.units } as const;
        const deposited = await entry.submit(entry.freshCommandId(account), command, ONE_SHARD);
        assert(deposited.ok, "funds are deposited");
      }
      return newKey({ name, account, token }, true);
    },
    stop: async () => {
      streams.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await exchange.stop();
      await stores.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Every answer that a test gets must be, to the field, what the documentation says. */
function checkAnswer(method: string, pathAndQuery: string, body: unknown): void {
  const path = pathAndQuery.split("?")[0] ?? "";
  const route = [...DOCUMENTED, ...Object.values<Operation>(MERIDIAN_OPERATIONS)].find(
    (one) => one.method === method.toLowerCase() && formOf(one.path).test(path),
  );
  if (route === undefined) return;
  const result = route.answer.safeParse(body);
  assert(result.success, `${method} ${path} answers otherwise than documented: ${result.error?.message}`);
}

/** The addresses that a documented path stands for. */
function formOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}

export function query(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
}

export function sign(secret: string, payload: string): string {
  return createHmac("sha256", secret).update(payload).digest("hex");
}
