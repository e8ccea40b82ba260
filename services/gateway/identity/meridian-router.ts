import express, { type Request, type Response, type Router } from "express";
import type { z } from "zod";
import { formatDecimal } from "#shared/domain/decimal.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import { formatAmount, formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Projections } from "#shared/ports/projections.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { type Metrics, NO_METRICS } from "#shared/telemetry/metrics.ts";
import { NO_TRACING, type Tracing } from "#shared/telemetry/tracing.ts";
import { clickRoutes } from "../experience/click-routes.ts";
import { experienceRoutes } from "../experience/experience-routes.ts";
import { type LedgerReader, ledgerRoutes } from "../ledger/ledger-routes.ts";
import { MERIDIAN_OPERATIONS } from "../meridian-operations.ts";
import { type MailRoutesDependencies, mailRoutes } from "../notifications/mail-routes.ts";
import { type WebhookRoutesDependencies, webhookRoutes } from "../notifications/webhook-routes.ts";
import { auditRoutes } from "../operators/audit-routes.ts";
import type { OperatedPlatform } from "../operators/operated-platform.ts";
import type { OperatorDesk } from "../operators/operator-desk.ts";
import { operatorRoutes } from "../operators/operator-routes.ts";
import type { OrderEntry } from "../order-entry.ts";
import type { ReconciliationFeed } from "../reconciliations/reconciliation-feed.ts";
import { reconciliationRoutes } from "../reconciliations/reconciliation-routes.ts";
import type { ExchangeStatus } from "../regions/exchange-status.ts";
import { regionRoutes } from "../regions/region-routes.ts";
import type { ShardFinality } from "../regions/region-status-source.ts";
import { clientNetwork } from "../rest/client-network.ts";
import { findMarket } from "../rest/find-market.ts";
import { createMemoryUsageCounter } from "../rest/memory-usage-counter.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import { authenticateRequest, type Need, SESSION_COOKIE, sessionTokenOf } from "./authenticate-request.ts";
import { exchangeRoutes } from "./exchange-routes.ts";
import { Faucet, type FaucetConfig } from "./faucet.ts";
import type { IdentityService, SignedIn } from "./identity-service.ts";
import { indicativeAuctionJson, marketStateRouter } from "./market-state.ts";
import type { Principal } from "./principal.ts";
import { isSameOrigin } from "./same-origin.ts";
import { type SignInLimitConfig, SignInLimits } from "./sign-in-limits.ts";
import { withdrawalRoutes } from "./withdrawal-routes.ts";

export interface MeridianRouterDependencies {
  readonly identity: IdentityService;
  readonly entry: OrderEntry;
  readonly view: ExchangeView;
  readonly clock: Clock;
  readonly projections: Projections;
  readonly finality: ReadonlyMap<ShardId, ShardFinality>;
  readonly status: ExchangeStatus;
  readonly reconciliations: ReconciliationFeed;
  /** None where no ledger is kept. */
  readonly ledger?: LedgerReader | undefined;
  /** Whom the notifier tells; none where there is no notifier. */
  readonly webhooks?: Omit<WebhookRoutesDependencies, "identity"> | undefined;
  /** Whom it mails. */
  readonly mails?: Omit<MailRoutesDependencies, "identity" | "clock"> | undefined;
  /** None where money is real. */
  readonly faucet: FaucetConfig | undefined;
  /** Where operators come to; without one there are none, and no route of theirs. */
  readonly desk: OperatorDesk | undefined;
  /** What operators act on besides markets and shards; none where the parts are not in this process. */
  readonly operated?: OperatedPlatform | undefined;
  readonly signInLimits: SignInLimitConfig;
  /** Where what pages tell goes. */
  readonly metrics?: Metrics | undefined;
  /** Where it is off pages tell of no clicks. */
  readonly tracing?: Tracing | undefined;
}

const { signUp, signIn, signOut, createApiKey } = MERIDIAN_OPERATIONS;

/** Meridian's own routes under /meridian/v1: users, sessions, API keys, test funds, markets, shards, Regions. What they take and answer: `MERIDIAN_OPERATIONS`. */
export function createMeridianRouter(dependencies: MeridianRouterDependencies): Router {
  const { identity, view, entry, clock } = dependencies;
  const limits = new SignInLimits(dependencies.signInLimits);
  const faucet =
    dependencies.faucet === undefined ? undefined : new Faucet(dependencies.faucet, entry, view, clock);
  const router = express.Router();

  router.post("/sign-up", async (request, response) => {
    refuseForeign(request);
    const user = readBody(signUp.body, request);
    await limits.count(clientNetwork(request.ip ?? ""), user.name);
    answerSignedIn(request, response.status(201), await identity.signUp(user.name, user.password));
  });
  router.post("/sign-in", async (request, response) => {
    refuseForeign(request);
    const user = readBody(signIn.body, request);
    await limits.count(clientNetwork(request.ip ?? ""), user.name);
    const signedIn = await identity.signIn(user.name, user.password);
    await limits.succeeded(user.name);
    answerSignedIn(request, response, signedIn);
  });
  router.post("/sign-out", async (request, response) => {
    refuseForeign(request);
    const { everywhere } = readBody(signOut.body, request);
    const token = sessionTokenOf(request);
    if (everywhere) await identity.signOutEverywhere((await session(request, "trade")).account);
    else if (token !== undefined) await identity.signOut(token);
    response.clearCookie(SESSION_COOKIE, { path: "/" }).json({ ok: true });
  });
  router.get("/session", async (request, response) => {
    const { user, account } = await session(request, "user-data");
    response.json({ user, account });
  });

  router.get("/api-keys", async (request, response) => {
    const { account } = await session(request, "user-data");
    response.json({ apiKeys: await identity.apiKeysOf(account) });
  });
  router.post("/api-keys", async (request, response) => {
    const { account } = await session(request, "trade");
    const { label, canTrade, publicKey } = readBody(createApiKey.body, request);
    response
      .status(201)
      .json(
        publicKey === undefined
          ? await identity.createApiKey(account, label, canTrade)
          : await identity.registerPublicKey(account, label, canTrade, publicKey),
      );
  });
  router.delete("/api-keys/:apiKey", async (request, response) => {
    const { account } = await session(request, "trade");
    await identity.deleteApiKey(account, request.params.apiKey);
    response.json({ ok: true });
  });

  if (faucet !== undefined) {
    router.post("/faucet", async (request, response) => {
      const { account } = await authenticateRequest(request, identity, "trade");
      await faucet.give(account);
      response.json({ balances: balancesJson(view, account) });
    });
  }
  router.use(exchangeRoutes(dependencies));
  router.use(withdrawalRoutes(dependencies));
  router.use(regionRoutes(dependencies));
  router.use(reconciliationRoutes(dependencies));
  const { ledger, webhooks, mails, metrics = NO_METRICS, tracing = NO_TRACING } = dependencies;
  const makeCounter = createMemoryUsageCounter;
  router.use(experienceRoutes({ metrics, makeCounter }));
  if (tracing.isOn) router.use(clickRoutes({ tracing, clock, makeCounter }));
  if (ledger !== undefined) router.use(ledgerRoutes({ identity, view, ledger }));
  if (webhooks !== undefined) router.use(webhookRoutes({ identity, ...webhooks }));
  if (mails !== undefined) router.use(mailRoutes({ identity, clock, ...mails }));
  const { desk, operated } = dependencies;
  if (desk !== undefined) router.use(marketStateRouter({ entry, view, desk }), auditRoutes(desk));
  if (desk !== undefined && operated !== undefined) router.use(operatorRoutes(desk, operated));
  router.get("/markets", (_request, response) => {
    response.json({ markets: view.markets().map(({ id }) => marketJson(view, id)) });
  });
  return router;

  /** Users and keys are managed by a signed-in person, never by a key: a leaked key cannot make others. */
  async function session(request: Request, need: Need): Promise<Principal> {
    const principal = await authenticateRequest(request, identity, need);
    if (principal.via !== "session") throw new ApiError("UNAUTHORIZED");
    return principal;
  }
}

function refuseForeign(request: Request): void {
  if (!isSameOrigin(request)) throw new ApiError("FOREIGN_ORIGIN");
}

/** Throws INVALID_FIELD that names the first field at fault. */
function readBody<T extends z.ZodType>(schema: T, request: Request): z.output<T> {
  const result = schema.safeParse(request.body ?? {});
  if (result.success) return result.data;
  throw new ApiError("INVALID_FIELD", { field: String(result.error.issues[0]?.path[0] ?? "body") });
}

function answerSignedIn(request: Request, response: Response, signedIn: SignedIn): void {
  response.cookie(SESSION_COOKIE, signedIn.token, {
    httpOnly: true,
    sameSite: "strict",
    secure: request.secure,
    path: "/",
  });
  response.json(signedIn);
}

function balancesJson(view: ExchangeView, account: Principal["account"]) {
  return view.balances(account).flatMap(({ asset: id, free, locked }) => {
    const asset = view.asset(id);
    return asset === undefined
      ? []
      : [{ asset: id, free: formatAmount(asset, free), locked: formatAmount(asset, locked) }];
  });
}

function marketJson(view: ExchangeView, id: string) {
  const { market, base, quote } = findMarket(view, id);
  return {
    symbol: market.id,
    state: view.tradingState(market.id),
    ...indicativeAuctionJson(view, market.id),
    baseAsset: base.id,
    quoteAsset: quote.id,
    tickSize: formatPrice(market, 1),
    stepSize: formatQuantity(market, base, 1),
    minPrice: formatPrice(market, market.minPrice),
    maxPrice: formatPrice(market, market.maxPrice),
    minQty: formatQuantity(market, base, market.minQuantity),
    maxQty: formatQuantity(market, base, market.maxQuantity),
    minNotional: formatAmount(quote, market.minNotional),
    maxNotional: formatAmount(quote, market.maxNotional),
    makerFee: formatDecimal(market.makerFeePpm, 6),
    takerFee: formatDecimal(market.takerFeePpm, 6),
    defaultSelfTradePrevention: market.defaultSelfTradePrevention,
    allowedSelfTradePrevention: market.allowedSelfTradePrevention,
    partitionPolicy: market.partitionPolicy,
    shard: view.shardOf(market.id)?.shard,
  };
}
