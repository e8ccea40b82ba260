import { sealedNotices } from "#services/notifier/sealed-notices.ts";
import { unsubscribeLinks } from "#services/notifier/unsubscribe-links.ts";
import { AWS_TIMING } from "#services/region/timing.ts";
import { LedWork } from "#services/task/led-work.ts";
import { runTask } from "#services/task/run-task.ts";
import { openDynamoAuditTrail } from "#shared/adapters/aws/dynamodb/dynamo-audit-trail.ts";
import { openDynamoBusPositions } from "#shared/adapters/aws/dynamodb/dynamo-bus-positions.ts";
import { openDynamoConnections } from "#shared/adapters/aws/dynamodb/dynamo-connections.ts";
import { openDynamoCounters } from "#shared/adapters/aws/dynamodb/dynamo-counters.ts";
import { openDynamoIdentityStore } from "#shared/adapters/aws/dynamodb/dynamo-identity-store.ts";
import { openDynamoLeaseTable } from "#shared/adapters/aws/dynamodb/dynamo-lease-table.ts";
import { openDynamoNoticeStore } from "#shared/adapters/aws/dynamodb/dynamo-notice-store.ts";
import { openDynamoOutbox } from "#shared/adapters/aws/dynamodb/dynamo-outbox.ts";
import { openDynamoReconciliationStore } from "#shared/adapters/aws/dynamodb/dynamo-reconciliation-store.ts";
import { openDynamoTaskRequests } from "#shared/adapters/aws/dynamodb/dynamo-task-requests.ts";
import { openOperatedQueues } from "#shared/adapters/aws/event-bus/operated-queues.ts";
import { createKmsSealer } from "#shared/adapters/aws/kms/kms-sealer.ts";
import { openLedgerReaderBySecret } from "#shared/adapters/aws/lambda/open-ledger-by-secret.ts";
import { openRedisOutcomes } from "#shared/adapters/aws/redis/redis-outcomes.ts";
import { openRedisUsage } from "#shared/adapters/aws/redis/redis-usage.ts";
import { deployedPlace, pointedAt, prefixOf } from "#shared/adapters/aws/region/aws-place.ts";
import { Closers } from "#shared/adapters/aws/region/closers.ts";
import { openAccounts } from "#shared/adapters/aws/region/open-accounts.ts";
import { openAppenders } from "#shared/adapters/aws/region/open-appenders.ts";
import { openDynamo } from "#shared/adapters/aws/region/open-dynamo.ts";
import { openReadShards } from "#shared/adapters/aws/region/open-read-shards.ts";
import { createSesMailer } from "#shared/adapters/aws/ses/ses-mailer.ts";
import { openAwsStateBoard } from "#shared/adapters/aws/states/aws-state-board.ts";
import { kept } from "#shared/adapters/real/kept.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { SlotLease } from "#shared/lease/slot-lease.ts";
import { openExchange } from "./exchange/open-exchange.ts";
import { openToldShard } from "./exchange/told-shard.ts";
import { createGatewayDoor } from "./gateway-door.ts";
import { EMBEDDED_FAUCET } from "./identity/faucet.ts";
import { createHealthRouter } from "./identity/health-router.ts";
import { createIdentityService } from "./identity/identity-service.ts";
import { OidcTokens } from "./identity/oidc-tokens.ts";
import { SESSION_SECONDS } from "./identity/sessions.ts";
import { OrphanedOutboxes } from "./intake/orphaned-outboxes.ts";
import { readOutboxes } from "./intake/region-outboxes.ts";
import { AskedLedger } from "./ledger/asked-ledger.ts";
import { unsubscribeRoutes } from "./notifications/mail-routes.ts";
import { askForMove } from "./operators/ask-for-move.ts";
import { deployedPlatform } from "./operators/deployed-platform.ts";
import { openDesk } from "./operators/open-desk.ts";
import { NAMELESS } from "./operators/operators.ts";
import { Readiness } from "./readiness.ts";
import { ReconciliationFeed } from "./reconciliations/reconciliation-feed.ts";
import { watchReconciliations } from "./reconciliations/watch-reconciliations.ts";
import { ToldStates } from "./regions/told-states.ts";
import { closeServer } from "./serve/close-server.ts";
import { serveGateway } from "./serve/serve-gateway.ts";

/** So many gateways a Region may have: each has an outbox's slot. */
const SLOTS = Array.from({ length: 64 }, (_, at) => `gateway/${at}`);
const SLOT_LEASE = { leaseMs: 10_000, beatMs: 2000 };
const MOVER_LEASE = { leaseMs: 6000, beatMs: 2000 };
/** CloudFront or API Gateway, and the load balancer. */
const PROXY_HOPS = 2;
/** Of the time to drain: until load balancers send nobody any more, and for what then is under way. */
const LINGER_SHARE = 0.2;
const GRACE_SHARE = 0.4;

const clock = systemClock();
const random = systemRandom();

/** One of a Region's gateways: it appends commands to the logs of all Regions, and answers and tells its clients what another task folds. */
await runTask("gateway", clock, async ({ config, log, metrics, tracing, listen, fail }) => {
  const readiness = new Readiness(clock, AWS_TIMING.quietMs);
  const healthRouter = createHealthRouter({ isReady: () => readiness.report() });
  const door = createGatewayDoor(healthRouter, log);
  const server = await listen(door.listener);
  const closers = new Closers();
  const onFailure = (error: unknown) => {
    readiness.failed();
    fail(error);
  };
  const onTrouble = (error: unknown) => log.warn({ err: error }, "store-trouble");
  const place = deployedPlace(config, process.env);
  const { region: self } = place;
  const regions = config.MERIDIAN_REGIONS as RegionId[];
  const [homeRegion = self] = regions;
  const definitions = defaultDefinitions();
  const shards = definitions.shards.map(({ id }) => id);
  const holder = Buffer.from(random.bytes(8)).toString("hex");
  const prefix = prefixOf(place);
  const redis = {
    url: config.MERIDIAN_FANOUT_URL,
    token: config.MERIDIAN_FANOUT_TOKEN,
    onError: (error: Error) => log.warn({ err: error }, "fanout-trouble"),
  };
  return closers.orClosed(async () => {
    const dynamo = await closers.opened(openDynamo(place, clock));
    const home = await closers.opened(openDynamo({ ...place, region: homeRegion }, clock));
    const leases = openDynamoLeaseTable({ dynamo });
    const lease = (slots: readonly string[], times: { leaseMs: number; beatMs: number }) =>
      new SlotLease({ table: leases, slots, holder, ...times, clock, onTrouble });

    const slot = lease(SLOTS, SLOT_LEASE);
    // Whoever has the slot has the outbox: a gateway that loses it ends.
    const held = new LedWork({
      lease: slot,
      begin: async () => ({ stop: async () => {} }),
      clock,
      onFailure,
    });
    held.start();
    closers.add(() => held.stop());
    while (slot.held === undefined) await pause();
    const own = slot.held;

    const appenders = await closers.opened(openAppenders({ place, regions, shards, clock, random }));
    const board = await closers.opened(openAwsStateBoard({ redis, prefix, dynamo, clock, onTrouble }));
    const states = new ToldStates({ self, regions, shards, board, clock });
    closers.add(() => states.stop());
    const outcomes = await closers.opened(openRedisOutcomes({ ...redis, prefix, shards }));
    const read = await closers.opened(openReadShards({ place, dynamo, shards, clock }));
    await states.known();
    const told = await Promise.all(
      read.shards.map((shard) =>
        openToldShard({
          ...shard,
          told: outcomes.of(shard.shard),
          states,
          self,
          appenderOf: (region) => appenders.of(region, shard.shard),
          clock,
          onGap: () => metrics.add("meridian_feed_gaps_total", { shard: shard.shard }),
          onTrouble,
          onFailure,
        }),
      ),
    );
    closers.add(() => told.forEach((shard) => void shard.stop()));
    const isDefined = (market: string) => told.some(({ view }) => view.market(market) !== undefined);
    while (!definitions.markets.every(({ id }) => isDefined(id))) await pause();

    const reconciliations = new ReconciliationFeed(await openDynamoReconciliationStore({ dynamo, shards }));
    const news = watchReconciliations(reconciliations, clock, onTrouble);
    closers.add(() => news.stop());
    const mover = lease([`mover/${self}`], MOVER_LEASE);
    closers.add(() => mover.stop());
    mover.start();
    const tasks = openDynamoTaskRequests({ dynamo, clock, random, onTrouble });
    const exchange = await openExchange({
      shards: told,
      marketOrder: definitions.markets.map(({ id }) => id),
      source: states.source((shard, to) => askForMove(tasks, shard, to)),
      reconciliations,
      outbox: await closers.opened(openDynamoOutbox({ dynamo, gateway: own })),
      counters: await closers.opened(
        openDynamoCounters({ dynamo, node: `${self}.gateway`, random, onFailure }),
      ),
      movesTransfers: () => mover.held !== undefined,
      clock,
      random,
      metrics,
      tracing,
      onFailure,
    });
    closers.add(() => exchange.stop());
    const orphans = new OrphanedOutboxes({
      slots: SLOTS,
      own,
      holder,
      leases,
      openOutbox: (gateway) => openDynamoOutbox({ dynamo, gateway }),
      queue: exchange.queue,
      onAdopted: () => exchange.entry.wake(),
      clock,
      leaseMs: SLOT_LEASE.leaseMs,
      onTrouble,
    });
    orphans.start();
    closers.add(() => orphans.stop());

    const queues = await closers.opened(
      openOperatedQueues({
        region: self,
        ...(place.endpoints?.queues === undefined ? {} : { local: { url: place.endpoints.queues } }),
        place: { ...place, prefix },
      }),
    );
    const usage = await closers.opened(openRedisUsage({ ...redis, prefix, clock }));
    const positions = openDynamoBusPositions({ dynamo });
    const ledger = new AskedLedger({
      open: kept(() =>
        closers.opened(
          openLedgerReaderBySecret({
            region: self,
            host: config.MERIDIAN_LEDGER_HOST,
            secretArn: config.MERIDIAN_LEDGER_SECRET,
            onConnectionLost: (error) => log.warn({ err: error }, "ledger-connection-lost"),
          }),
        ),
      ),
      publishedThrough: (shard) => positions.position(shard),
      backlog: async () => {
        const { waiting, inFlight } = await queues.backlog("ledger");
        return waiting + inFlight;
      },
      clock,
    });

    const sealer = createKmsSealer({
      region: self,
      ...pointedAt(place.endpoints?.kms),
      keyId: config.MERIDIAN_SEALING_KEY,
      random,
    });
    closers.add(() => sealer.close());
    const accounts = await openAccounts(home, random, onFailure);
    const identity = await createIdentityService({
      store: await closers.opened(openDynamoIdentityStore({ dynamo, home, sealer })),
      mintAccount: accounts.mint,
      clock,
      random,
      sessionLifetimeSeconds: SESSION_SECONDS,
      sealerOf: (key) => createLocalSealer(key, random),
      oidc: new OidcTokens({ issuer: config.MERIDIAN_ISSUER, audience: config.MERIDIAN_AUDIENCE, clock }),
    });
    const trail = openDynamoAuditTrail({ dynamo });
    const notices = sealedNotices(openDynamoNoticeStore({ dynamo }), sealer);
    const mailer = createSesMailer({ region: self, from: config.MERIDIAN_MAIL_FROM });
    closers.add(() => mailer.close());
    const links = unsubscribeLinks(sealer, config.MERIDIAN_PUBLIC_URL);
    const doors = serveGateway({
      server,
      door,
      healthRouter,
      readiness,
      exchange,
      identity,
      ledger,
      webhooks: { notices, random },
      mails: { notices, mailer, sealer: identity.sealer, random },
      unsubscribeRouter: unsubscribeRoutes({ notices, links }),
      connections: openDynamoConnections({ dynamo }),
      faucet: config.MERIDIAN_TEST_FUNDS === "on" ? EMBEDDED_FAUCET : undefined,
      operated: deployedPlatform({
        shards: told,
        snapshots: async (id) =>
          (await read.shards.find(({ shard }) => shard === id)?.snapshots.list(id)) ?? [],
        queues: queues.queues,
        bus: queues,
        outboxes: () => readOutboxes(SLOTS, (gateway) => openDynamoOutbox({ dynamo, gateway })),
        checkLedger: (engine) => ledger.check(engine),
        tasks,
        clock,
      }),
      desk: openDesk([{ name: NAMELESS, token: config.MERIDIAN_OPERATOR_TOKEN }], {
        trail,
        clock,
        random,
        log,
      }),
      limits: "binance",
      makeCounter: usage.make,
      trustProxyHops: PROXY_HOPS,
      clock,
      log,
      metrics,
      tracing,
    });
    const drainMs = config.MERIDIAN_DRAIN_MS;
    return {
      stop: async () => {
        readiness.stopping();
        await pause(LINGER_SHARE * drainMs);
        await doors.close();
        await closeServer(server, clock, GRACE_SHARE * drainMs);
        await closers.close();
      },
    };
  });
});

function pause(delayMs = 20): Promise<void> {
  return new Promise((resolve) => clock.schedule(delayMs, resolve));
}
