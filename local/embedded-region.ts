import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createGatewayDoor } from "#services/gateway/gateway-door.ts";
import { EMBEDDED_FAUCET } from "#services/gateway/identity/faucet.ts";
import { createHealthRouter } from "#services/gateway/identity/health-router.ts";
import { createIdentityService } from "#services/gateway/identity/identity-service.ts";
import { SESSION_SECONDS } from "#services/gateway/identity/sessions.ts";
import { unsubscribeRoutes } from "#services/gateway/notifications/mail-routes.ts";
import { openDesk } from "#services/gateway/operators/open-desk.ts";
import type { OperatorKey } from "#services/gateway/operators/operators.ts";
import { Readiness } from "#services/gateway/readiness.ts";
import { closeServer } from "#services/gateway/serve/close-server.ts";
import { serveGateway } from "#services/gateway/serve/serve-gateway.ts";
import { startMarketFeed } from "#services/market-feed/start-market-feed.ts";
import { ZoneHub } from "#services/matching/zones/zone-hub.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { type Definitions, defaultDefinitions } from "#shared/config/definitions.ts";
import { type Log, SILENT_LOG } from "#shared/telemetry/log.ts";
import { type Metrics, NO_METRICS } from "#shared/telemetry/metrics.ts";
import type { OpenTracing } from "#shared/telemetry/open-tracing.ts";
import { alone } from "./alone.ts";
import type { OpenBackend } from "./backend/backend.ts";
import { type EmbeddedBackendOptions, embeddedBackend } from "./backend/embedded-backend.ts";
import { attachDoor } from "./door/attach-door.ts";
import { DoorSockets } from "./door/door-sockets.ts";
import { listen } from "./listen.ts";
import { oidcFromEnvironment } from "./oidc-from-environment.ts";
import { operatedRegion } from "./operations/operated-region.ts";
import { FailoverWatch } from "./region-process/failover-watch.ts";
import type { RegionObservation, ShardObservation } from "./region-process/region-observation.ts";
import { type EventsDependencies, startEvents } from "./start-events.ts";
import { type RunningExchange, startExchange } from "./start-exchange.ts";
import type { ShardsDependencies } from "./start-shards.ts";
import { logExchange } from "./telemetry/log-exchange.ts";
import { spreadKept } from "./telemetry/spread-kept.ts";
import { startZoneServer, type ZoneServer } from "./zones/zone-server.ts";

/** A Region, whatever it stands on. */
export interface RegionOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** `us-east-1` where nothing is said. */
  readonly region?: string;
  /** What it stands on. */
  readonly openBackend: OpenBackend;
  /** A folder of this machine for what is no store's: mails that a mailer writes, subscriptions of webhooks. */
  readonly eventsFolder: string;
  /** Gives test funds to whoever asks. */
  readonly faucet?: boolean;
  readonly rateLimits?: "generous" | "binance";
  /** Who may run markets and shards; nobody may where none is named. */
  readonly operators?: readonly OperatorKey[];
  /** The built page; none for a gateway without one. */
  readonly webFolder?: string;
  readonly definitions?: Definitions;
  readonly log?: Log;
  /** Proxies in front of the gateway that add to X-Forwarded-For; 0 where nothing is said. */
  readonly trustProxyHops?: number;
  /** The fold is in matching zones, which come to a port of their own; it is open before the start waits for them. */
  readonly zones?: { readonly onPort: (port: number) => void };
  /** The other Regions and the way to them; without it this one is alone. */
  readonly peers?: Pick<ShardsDependencies, "regions" | "link" | "timing" | "onDivergence">;
  /** A snapshot of the shard every so many commands. */
  readonly snapshotCommands?: number | undefined;
  readonly metrics?: Metrics;
  readonly traces?: OpenTracing | undefined;
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

/** A Region on files of a data folder. */
export type EmbeddedRegionOptions = Omit<RegionOptions, "openBackend" | "eventsFolder"> &
  Omit<EmbeddedBackendOptions, "clock">;

/** One Region in this process, on files of a data folder. Throws `StorageError` and `PortInUse`; nothing is left open then. */
export function startEmbeddedRegion(options: EmbeddedRegionOptions): Promise<RunningRegion> {
  return startRegion({
    ...options,
    openBackend: embeddedBackend({ ...options, clock: systemClock() }),
    eventsFolder: join(options.dataFolder, "events"),
  });
}

/**
 * One Region in this process: logs, matching, projectors and gateway on what the backend opens. Rejects with what that does, and with
 * `PortInUse`; nothing is left open then.
 */
export async function startRegion(options: RegionOptions): Promise<RunningRegion> {
  const clock = systemClock();
  const random = systemRandom();
  const metrics = options.metrics ?? NO_METRICS;
  const tracing = options.traces?.tracing;
  const log = options.log ?? SILENT_LOG;
  const readiness = new Readiness(clock);
  const onFailure = (error: unknown) => {
    readiness.failed();
    (options.onFailure ?? throwLater)(error);
  };
  const definitions = options.definitions ?? defaultDefinitions();
  const backend = await options.openBackend({ shards: definitions.shards.map(({ id }) => id), onFailure });
  const { stores } = backend;
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
  const doorSockets = new DoorSockets();
  let zoneServer: ZoneServer | undefined;
  try {
    // The port first: a second start on the same machine must end before anything is folded.
    await listen(server, options.port);
    if (hub !== undefined) {
      zoneServer = await startZoneServer(hub, 0);
      options.zones?.onPort(zoneServer.port);
    }
    const peers = options.peers ?? alone(options.region ?? REGION);
    if (options.traces !== undefined) spreadKept(options.traces, { ...peers, hub });
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
      tracing,
    });
    logExchange(exchange, log);
    const identity = await createIdentityService({
      ...backend.identity,
      clock,
      random,
      sessionLifetimeSeconds: SESSION_SECONDS,
      sealerOf: (key) => createLocalSealer(key, random),
      oidc: oidcFromEnvironment(process.env, clock),
    });
    const { port } = server.address() as AddressInfo;
    const url = `http://localhost:${port}`;
    const events =
      options.events !== undefined && options.events !== false
        ? await startEvents({
            shards: exchange.shards,
            backend,
            folder: options.eventsFolder,
            clock,
            log,
            onFailure,
            metrics,
            tracing,
            door: doorSockets,
            markets: exchange.view,
            sealer: identity.sealer,
            // Its own: whom it mails, it alone knows.
            publicUrl: url,
            ...(options.events === true ? {} : options.events),
          })
        : undefined;
    const outside = backend.openMarketFeed?.();
    const marketFeed =
      outside === undefined
        ? undefined
        : await startMarketFeed({ ...outside, journals: exchange.journals, clock, log, onFailure });
    const doors = serveGateway({
      server,
      door,
      healthRouter,
      readiness,
      exchange,
      identity,
      ledger: events,
      webhooks: events === undefined ? undefined : { notices: events.notices, random },
      mails: events && { notices: events.notices, mailer: events.mailer, sealer: identity.sealer, random },
      unsubscribeRouter: events && unsubscribeRoutes({ notices: events.notices, links: events.links }),
      connections: events?.connections,
      faucet: options.faucet === true ? EMBEDDED_FAUCET : undefined,
      operated: operatedRegion({
        self: peers.link.self,
        shards: exchange.shards,
        copies: stores.copies,
        queue: exchange.queue,
        events,
        clock,
      }),
      desk: openDesk(options.operators ?? [], { trail: stores.audit, clock, random, log }),
      limits: options.rateLimits ?? "binance",
      webFolder: options.webFolder,
      trustProxyHops: options.trustProxyHops ?? 0,
      attachFanout: backend.attachFanout,
      clock,
      log,
      metrics,
      tracing,
    });
    for (const { view: own } of exchange.shards) own.onUpdate(() => failovers.notePublished(own.shard));
    if (events !== undefined) {
      const { connections } = events;
      const proxyHops = options.trustProxyHops ?? 0;
      attachDoor({
        server,
        port,
        proxyHops,
        sockets: doorSockets,
        identity,
        connections,
        clock,
        random,
        log,
      });
    }
    return {
      url,
      port,
      observe: () => ({
        shards: observeShards(exchange),
        zones: hub?.zones ?? [],
        failovers: failovers.failovers,
      }),
      stop: async () => {
        readiness.stopping();
        doorSockets.closeAll();
        await doors.close();
        await closeServer(server, clock, GRACE_MS);
        await events?.stop();
        await marketFeed?.stop();
        await exchange.stop();
        hub?.close();
        await zoneServer?.close();
        await backend.close();
      },
    };
  } catch (error) {
    server.close();
    hub?.close();
    await zoneServer?.close();
    await backend.close();
    throw error;
  }
}

function observeShards({ shards, status }: RunningExchange): ShardObservation[] {
  return status.now().shards.map((shown) => {
    const { shard, owner, epoch, route, provisional, reconciling, seq, finalSeq, backpressure, queued } =
      shown;
    const unjournaled = shards.find(({ node }) => node.shard === shard)?.node.matching.unjournaled.count ?? 0;
    const flow = { seq, finalSeq, backpressure, queued, unjournaled };
    return { shard, owner, epoch, route, provisional, reconciling, ...flow };
  });
}

function throwLater(error: unknown): never {
  throw error;
}
