import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import pino, { type Logger } from "pino";
import { createGatewayApp } from "#services/gateway/app.ts";
import { createGatewayDoor } from "#services/gateway/gateway-door.ts";
import { SESSION_COOKIE } from "#services/gateway/identity/authenticate-request.ts";
import { EMBEDDED_FAUCET } from "#services/gateway/identity/faucet.ts";
import { createHealthRouter } from "#services/gateway/identity/health-router.ts";
import { createIdentityService } from "#services/gateway/identity/identity-service.ts";
import { createMeridianRouter } from "#services/gateway/identity/meridian-router.ts";
import { SIGN_IN_LIMITS } from "#services/gateway/identity/sign-in-limits.ts";
import type { OperatorKey } from "#services/gateway/operators/operators.ts";
import { Readiness } from "#services/gateway/readiness.ts";
import { createMemoryUsageCounter } from "#services/gateway/rest/memory-usage-counter.ts";
import { OrderLimiter } from "#services/gateway/rest/order-limiter.ts";
import { RATE_LIMITS } from "#services/gateway/rest/rate-limit-config.ts";
import { attachSockets } from "#services/gateway/sockets/attach-sockets.ts";
import { DEFAULT_SOCKET_LIMITS, GENEROUS_SOCKET_LIMITS } from "#services/gateway/sockets/socket-limits.ts";
import { ZoneHub } from "#services/matching/zones/zone-hub.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { type Definitions, defaultDefinitions } from "#shared/config/definitions.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";
import { type Metrics, NO_METRICS } from "#shared/telemetry/metrics.ts";
import { alone } from "./alone.ts";
import { listen } from "./listen.ts";
import { openStores } from "./open-stores.ts";
import { operatedRegion } from "./operations/operated-region.ts";
import { operatorDesk } from "./operations/operator-desk.ts";
import { FailoverWatch } from "./region-process/failover-watch.ts";
import type { RegionObservation, ShardObservation } from "./region-process/region-observation.ts";
import type { SharedIdentity } from "./shared-identity.ts";
import { type EventsDependencies, startEvents } from "./start-events.ts";
import { type RunningExchange, startExchange } from "./start-exchange.ts";
import type { ShardsDependencies } from "./start-shards.ts";
import { startZoneServer, type ZoneServer } from "./zones/zone-server.ts";

export interface EmbeddedRegionOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** `us-east-1` where nothing is said. */
  readonly region?: string;
  readonly dataFolder: string;
  /** Removes what an earlier run left in the data folder. */
  readonly fresh?: boolean;
  /** What the data folder is a part of; one Region by itself where nothing is said. */
  readonly layout?: string;
  /** What stands between the shards and their journals. */
  readonly wrapJournal?: (journal: Journal) => Journal;
  /** Gives test funds to whoever asks. */
  readonly faucet?: boolean;
  readonly rateLimits?: "generous" | "binance";
  /** Who may run markets and shards; nobody may where none is named. */
  readonly operators?: readonly OperatorKey[];
  /** The built page; none for a gateway without one. */
  readonly webFolder?: string;
  readonly definitions?: Definitions;
  readonly log?: Logger;
  /** Proxies in front of the gateway that add to X-Forwarded-For; 0 where nothing is said. */
  readonly trustProxyHops?: number;
  /** The fold is in matching zones, which come to a port of their own; it is open before the start waits for them. */
  readonly zones?: { readonly onPort: (port: number) => void };
  /** The other Regions and the way to them; without it this one is alone. */
  readonly peers?: Pick<ShardsDependencies, "regions" | "link" | "timing" | "onDivergence">;
  /** Users and keys; in the data folder where nothing is said. */
  readonly identity?: Pick<SharedIdentity, "store" | "mintAccount">;
  /** A snapshot of the shard every so many commands. */
  readonly snapshotCommands?: number | undefined;
  readonly metrics?: Metrics;
  /** Hands events to the bus, and has the ledger and the notifier behind it. */
  readonly events?: boolean | Pick<EventsDependencies, "poster" | "wrapLedger">;
  /** An operating error after the start that the Region cannot go on from. */
  readonly onFailure?: (error: unknown) => void;
}

export interface RunningRegion {
  readonly url: string;
  readonly port: number;
  /** How it stands now, for who watches it. */
  observe(): RegionObservation;
  stop(): Promise<void>;
}

const REGION = "us-east-1";
/** A request that takes longer than this when the Region stops is cut off. */
const GRACE_MS = 5000;
const SESSION_SECONDS = 7 * 24 * 60 * 60;

/**
 * One Region in this process, which owns every shard: logs, matching, projectors and gateway over the embedded adapters. Throws `StorageError` and
 * `PortInUse`; nothing is left open then.
 */
export async function startEmbeddedRegion(options: EmbeddedRegionOptions): Promise<RunningRegion> {
  const clock = systemClock();
  const random = systemRandom();
  const metrics = options.metrics ?? NO_METRICS;
  const log = options.log ?? pino({ level: "silent" });
  const peers = options.peers ?? alone(options.region ?? REGION);
  const readiness = new Readiness(clock);
  const onFailure = (error: unknown) => {
    readiness.failed();
    (options.onFailure ?? throwLater)(error);
  };
  const definitions = options.definitions ?? defaultDefinitions();
  const stores = openStores(options.dataFolder, {
    fresh: options.fresh ?? false,
    layout: options.layout,
    wrapJournal: options.wrapJournal,
    shards: definitions.shards.map(({ id }) => id),
    onFailure,
  });
  const healthRouter = createHealthRouter({ isReady: () => readiness.report() });
  const door = createGatewayDoor(healthRouter, log);
  const server = createServer(door.listener);
  const failovers = new FailoverWatch(clock);
  const hub =
    options.zones === undefined
      ? undefined
      : new ZoneHub({
          clock,
          onFailover: (change) => {
            log.warn(change, "zone-failover");
            metrics.add("meridian_zone_failovers_total", { reason: change.reason });
            failovers.noteFailover({ ...change, to: change.to ?? "" });
          },
        });
  if (hub !== undefined) {
    metrics.observe("meridian_zones_connected", () => [{ value: hub.zones.length, labels: {} }]);
    // From 0 on: of a series that begins with the first failover no rate tells it.
    for (const reason of ["closed", "silent"]) metrics.add("meridian_zone_failovers_total", { reason }, 0);
  }
  let zoneServer: ZoneServer | undefined;
  try {
    // The port first: a second start on the same machine must end before anything is folded.
    await listen(server, options.port);
    if (hub !== undefined) {
      zoneServer = await startZoneServer(hub, 0);
      options.zones?.onPort(zoneServer.port);
    }
    const exchange = await startExchange({
      definitions,
      ...peers,
      hub,
      stores,
      clock,
      random,
      onFailure,
      snapshotCommands: options.snapshotCommands,
      metrics,
    });
    const { view, entry, projections, journals, finality, status, queue, reconciliations } = exchange;
    const events =
      options.events !== undefined && options.events !== false
        ? await startEvents({
            shards: exchange.shards,
            folder: join(options.dataFolder, "events"),
            clock,
            log,
            onFailure,
            metrics,
            ...(options.events === true ? {} : options.events),
          })
        : undefined;
    const identity = await createIdentityService({
      store: options.identity?.store ?? stores.identity,
      clock,
      random,
      mintAccount: options.identity?.mintAccount ?? (() => stores.counters.take("account", 1) as AccountId),
      sessionLifetimeSeconds: SESSION_SECONDS,
    });
    const limits = options.rateLimits ?? "binance";
    const meridianRouter = createMeridianRouter({
      identity,
      entry,
      view,
      projections,
      finality,
      status,
      reconciliations,
      ledger: events,
      webhooks: events === undefined ? undefined : { notices: events.notices, random },
      clock,
      faucet: options.faucet === true ? EMBEDDED_FAUCET : undefined,
      operated: operatedRegion({
        self: peers.link.self,
        shards: exchange.shards,
        copies: stores.copies,
        queue,
        events,
        clock,
      }),
      desk: operatorDesk(options.operators ?? [], { trail: stores.audit, clock, random, log }),
      signInLimits: limits === "generous" ? SIGN_IN_LIMITS.generous : SIGN_IN_LIMITS.strict,
    });
    const orderLimiter = new OrderLimiter(RATE_LIMITS[limits], createMemoryUsageCounter);
    const app = createGatewayApp({
      view,
      entry,
      projections,
      authenticator: identity,
      meridianRouter,
      healthRouter,
      clock,
      rateLimits: RATE_LIMITS[limits],
      orderLimiter,
      ...(options.webFolder === undefined ? {} : { webFolder: options.webFolder }),
      trustProxyHops: options.trustProxyHops ?? 0,
      log,
      metrics,
    });
    const sockets = attachSockets({
      server,
      view,
      journals,
      finality,
      status,
      reconciliations,
      queue,
      entry,
      projections,
      authenticator: identity,
      clock,
      limits: limits === "generous" ? GENEROUS_SOCKET_LIMITS : DEFAULT_SOCKET_LIMITS,
      sessionCookieName: SESSION_COOKIE,
      countOrder: (account, place, orders) => orderLimiter.count(account, undefined, place, orders),
      log,
      metrics,
    });
    for (const { view: own } of exchange.shards) own.onUpdate(() => failovers.notePublished(own.shard));
    door.open(app);
    readiness.started(view.shards);
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://localhost:${port}`,
      port,
      observe: () => ({
        shards: observeShards(exchange),
        zones: hub?.zones ?? [],
        failovers: failovers.failovers,
      }),
      stop: async () => {
        readiness.stopping();
        await sockets.close();
        await closeServer(server, clock);
        await events?.stop();
        await exchange.stop();
        hub?.close();
        await zoneServer?.close();
        await stores.close();
      },
    };
  } catch (error) {
    server.close();
    hub?.close();
    await zoneServer?.close();
    await stores.close();
    throw error;
  }
}

function observeShards({ shards, status }: RunningExchange): ShardObservation[] {
  return status.now().shards.map(({ shard, owner, epoch, route, seq, finalSeq, backpressure, queued }) => {
    const unjournaled = shards.find(({ node }) => node.shard === shard)?.node.matching.unjournaled.count ?? 0;
    return { shard, owner, epoch, route, seq, finalSeq, backpressure, queued, unjournaled };
  });
}

/** Lets requests under way end, but not for ever; idle connections close at once, and busy ones behind their next answer. */
function closeServer(server: Server, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    server.prependListener("request", (_request, response) => response.setHeader("Connection", "close"));
    const deadline = clock.schedule(GRACE_MS, () => server.closeAllConnections());
    server.close(() => {
      deadline.cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}

function throwLater(error: unknown): never {
  throw error;
}
