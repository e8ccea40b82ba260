import express from "express";
import { createHealthRouter } from "#services/gateway/identity/health-router.ts";
import { publishRegion } from "#services/region/publish-region.ts";
import { AWS_TIMING } from "#services/region/timing.ts";
import { LedWork } from "#services/task/led-work.ts";
import { runTask } from "#services/task/run-task.ts";
import { openDynamoBusPositions } from "#shared/adapters/aws/dynamodb/dynamo-bus-positions.ts";
import { openDynamoLeaseTable } from "#shared/adapters/aws/dynamodb/dynamo-lease-table.ts";
import { openDynamoTaskRequests } from "#shared/adapters/aws/dynamodb/dynamo-task-requests.ts";
import { createAwsEventBus } from "#shared/adapters/aws/event-bus/aws-event-bus.ts";
import { busAddressesOf } from "#shared/adapters/aws/event-bus/bus-addresses-of.ts";
import { queueClients } from "#shared/adapters/aws/event-bus/queue-clients.ts";
import { createRedisOutcomes } from "#shared/adapters/aws/redis/redis-outcomes.ts";
import { deployedPlace, prefixOf } from "#shared/adapters/aws/region/aws-place.ts";
import { Closers } from "#shared/adapters/aws/region/closers.ts";
import { openConsumers } from "#shared/adapters/aws/region/open-consumers.ts";
import { openDynamo } from "#shared/adapters/aws/region/open-dynamo.ts";
import { openAwsFoldStores } from "#shared/adapters/aws/region/open-fold-stores.ts";
import { openMarketFeed } from "#shared/adapters/aws/region/open-market-feed.ts";
import { openAwsRegionLink } from "#shared/adapters/aws/region/open-region-link.ts";
import { openAwsStateBoard } from "#shared/adapters/aws/states/aws-state-board.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { defaultDefinitions, marketsById } from "#shared/config/definitions.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { SlotLease } from "#shared/lease/slot-lease.ts";
import { MINUTE_MS } from "#shared/read-model/candle-folder.ts";
import { tuneV8 } from "./tune-v8.ts";

/** Who publishes says so each second; after three of silence the other slot takes over. */
const LEASE = { leaseMs: 3000, beatMs: 500 };
/** A table that does not answer for a while takes nobody's place: the other slot could not take the lease either. */
const LEASE_PATIENCE_MS = 10_000;
/** What a takeover reads and folds again takes well under a second. */
const SNAPSHOTS = { commandsMin: 2000, commandsMax: 50_000, intervalMs: 5 * MINUTE_MS };

const clock = systemClock();
const random = systemRandom();
tuneV8();

/** A Region's fold of a group of shards, in one of two zones: one of the two tasks publishes, the other waits for its lease. */
await runTask("matching", clock, async ({ config, log, metrics, tracing, listen, fail }) => {
  const place = deployedPlace(config, process.env);
  const { region: self } = place;
  const regions = config.MERIDIAN_REGIONS as RegionId[];
  const definitions = defaultDefinitions();
  const all = definitions.shards.map(({ id }) => id);
  const folded = config.MERIDIAN_SHARDS as ShardId[];
  const group = folded.join(" ");
  const publisher = `${config.MERIDIAN_ZONE_SLOT}-${Buffer.from(random.bytes(8)).toString("hex")}`;
  const prefix = prefixOf(place);
  const redis = {
    url: config.MERIDIAN_FANOUT_URL,
    token: config.MERIDIAN_FANOUT_TOKEN,
    onError: (error: Error) => log.warn({ err: error }, "fanout-trouble"),
  };
  const onTrouble = (error: unknown) => log.warn({ err: error }, "store-trouble");
  const dynamo = openDynamo(place, clock, ({ table, failure }) =>
    log.debug({ table, reason: failure }, "table-retry"),
  );
  const begin = async () => {
    const closers = new Closers();
    return closers.orClosed(async () => {
      const consumers =
        config.MERIDIAN_LOG_READING === "polling"
          ? undefined
          : await closers.opened(
              openConsumers({
                place,
                regions,
                dynamo,
                slot: config.MERIDIAN_ZONE_SLOT,
                holder: publisher,
                clock,
                onTrouble,
              }),
            );
      const stores = await closers.opened(
        openAwsFoldStores({
          place,
          dynamo,
          regions,
          shards: all,
          folded,
          node: `${self}.matching`,
          ...(consumers === undefined ? {} : { reading: { consumer: consumers.of(self) } }),
          clock,
          random,
          onUndecodable: (record) => log.error(record, "undecodable-record"),
          onTrouble,
          onFailure: fail,
        }),
      );
      const { link } = await closers.opened(
        openAwsRegionLink({
          place,
          regions,
          shards: all,
          folded,
          consumers,
          clock,
          random,
          onUndecodable: (record) => log.error(record, "undecodable-record"),
          onHandlerFailure: (kind, error) => log.error({ kind, err: error }, "link-handler-failed"),
          onTrouble: (error) => log.warn({ err: error }, "link-trouble"),
        }),
      );
      const board = await closers.opened(
        openAwsStateBoard({ redis, prefix, group: folded[0] ?? "", dynamo, clock, onTrouble }),
      );
      const outcomes = await closers.opened(createRedisOutcomes({ ...redis, prefix, clock }));
      const { sns, sqs } = queueClients({
        region: self,
        ...(place.endpoints?.queues === undefined ? {} : { local: { url: place.endpoints.queues } }),
      });
      closers.add(() => sns.destroy());
      closers.add(() => sqs.destroy());
      const addresses = busAddressesOf({ ...place, prefix });
      const bus = await closers.opened(createAwsEventBus({ sns, sqs, addresses, clock, onFailure: fail }));
      const marketFeed =
        config.MERIDIAN_MARKET_FEED === "off"
          ? undefined
          : openMarketFeed({ place, dynamo, shards: all, clock, random });
      if (marketFeed !== undefined) closers.add(() => marketFeed.feed.close());
      const published = await publishRegion({
        regions,
        definitions: { ...definitions, shards: definitions.shards.filter(({ id }) => folded.includes(id)) },
        homes: new Map(definitions.shards.map(({ id, home }) => [id, regions.includes(home) ? home : self])),
        link,
        stores,
        feedOf: (shard) => outcomes.of(shard),
        clock,
        random,
        timing: AWS_TIMING,
        snapshotPolicy: SNAPSHOTS,
        onFailure: fail,
        onDivergence: (shard) => {
          log.error({ shard }, "tape-divergence");
          metrics.add("meridian_tape_divergences_total", { shard });
        },
        tracing,
        board,
        publisher,
        bus,
        positions: openDynamoBusPositions({ dynamo }),
        requests: openDynamoTaskRequests({ dynamo, clock, random, onTrouble }),
        marketOf: (market) => marketsById(definitions).market(market),
        marketFeed,
        log,
        metrics,
      });
      closers.add(() => published.stop());
      log.info({ to: config.MERIDIAN_ZONE_SLOT }, "publishing");
      return { stop: () => closers.close() };
    });
  };
  const lease = new SlotLease({
    table: openDynamoLeaseTable({ dynamo }),
    slots: [`publisher/${group}`],
    holder: publisher,
    ...LEASE,
    clock,
    onTrouble,
  });
  const work = new LedWork({ lease, begin, clock, patienceMs: LEASE_PATIENCE_MS, onFailure: fail });
  const health = createHealthRouter({ isReady: () => ({ ready: true, reasons: [] }) });
  const server = await listen(express().disable("x-powered-by").use(health));
  work.start();
  return {
    stop: async () => {
      await work.stop();
      dynamo.close();
      server.close();
    },
  };
});
