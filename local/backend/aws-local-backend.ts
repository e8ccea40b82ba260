import { openDynamoBusPositions } from "#shared/adapters/aws/dynamodb/dynamo-bus-positions.ts";
import { createAwsEventBus } from "#shared/adapters/aws/event-bus/aws-event-bus.ts";
import type { BusAddresses } from "#shared/adapters/aws/event-bus/bus-addresses.ts";
import { queueClients } from "#shared/adapters/aws/event-bus/queue-clients.ts";
import { createKmsSealer } from "#shared/adapters/aws/kms/kms-sealer.ts";
import { joinRedisFanout } from "#shared/adapters/aws/redis/join-redis-fanout.ts";
import { type AwsPlace, pointedAt } from "#shared/adapters/aws/region/aws-place.ts";
import { openAccounts } from "#shared/adapters/aws/region/open-accounts.ts";
import { openAwsStores } from "#shared/adapters/aws/region/open-aws-stores.ts";
import { openDynamo } from "#shared/adapters/aws/region/open-dynamo.ts";
import { openMarketFeed } from "#shared/adapters/aws/region/open-market-feed.ts";
import { openPostgresLedger } from "#shared/adapters/sql/ledger/open-postgres-ledger.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Log } from "#shared/telemetry/log.ts";
import type { OpenBackend } from "./backend.ts";

/** Where a Region's process finds the servers that play AWS. */
export interface AwsLocalConfig {
  readonly place: AwsPlace;
  /** Where users and keys are written. */
  readonly home: AwsPlace;
  readonly bus: BusAddresses;
  readonly redisUrl: string;
  /** Of the ledger's database, as `postgres://…`. */
  readonly ledgerUrl: string;
  readonly sealingKey: string;
}

export interface AwsLocalBackendOptions {
  readonly config: AwsLocalConfig;
  /** All of the installation. */
  readonly regions: readonly RegionId[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** A shard of a real stream allows five reads a second; the server here has no such bound, but only so many cores. */
const POLL_MS = 100;
/** fauxqs wakes who waits, so a receive may wait long; this long the stop of a Region waits for it at most. */
const WAIT_SECONDS = 5;

/** A Region on the AWS adapters, against servers of this machine that speak AWS's protocols. */
export function awsLocalBackend(options: AwsLocalBackendOptions): OpenBackend {
  const { config, regions, clock, random, log } = options;
  const { place, home } = config;
  return async ({ shards, onFailure }) => {
    const closers: (() => unknown)[] = [];
    const close = async () => {
      for (const each of closers.splice(0).reverse()) await each();
    };
    const dynamo = openDynamo(place, clock, ({ table, failure }) =>
      log.debug({ table, reason: failure }, "table-retry"),
    );
    closers.push(() => dynamo.close());
    const homeDynamo = home.region === place.region ? dynamo : openDynamo(home, clock);
    closers.push(() => homeDynamo.close());
    const sealer = createKmsSealer({
      region: place.region,
      ...pointedAt(place.endpoints?.kms),
      keyId: config.sealingKey,
      random,
    });
    closers.push(() => sealer.close());
    try {
      const stores = await openAwsStores({
        place,
        dynamo,
        home: homeDynamo,
        sealer,
        regions,
        shards,
        node: `${place.region}.0`,
        reading: { pollIntervalMs: POLL_MS },
        clock,
        random,
        onUndecodable: (record) => log.error(record, "undecodable-record"),
        onTrouble: (error) => log.warn({ err: error }, "log-trouble"),
        onFailure,
      });
      closers.push(() => stores.close());
      const accounts = await openAccounts(homeDynamo, random, onFailure);
      return {
        stores,
        identity: { store: stores.identity, mintAccount: accounts.mint },
        openBus: (onHandlerError) => {
          const { sns, sqs } = queueClients({
            region: place.region,
            local: { url: place.endpoints?.queues ?? "" },
          });
          const bus = createAwsEventBus({
            sns,
            sqs,
            addresses: config.bus,
            clock,
            waitSeconds: WAIT_SECONDS,
            onFailure,
            onHandlerError,
          });
          const positions = openDynamoBusPositions({ dynamo });
          closers.push(async () => {
            await bus.close();
            await positions.close();
            sns.destroy();
            sqs.destroy();
          });
          return { bus, positions };
        },
        openMarketFeed: () => {
          const opened = openMarketFeed({ place, dynamo, shards, clock, random });
          closers.push(() => opened.feed.close());
          return opened;
        },
        openLedger: () =>
          openPostgresLedger({
            connectionString: config.ledgerUrl,
            onConnectionLost: (error) => log.warn({ err: error }, "ledger-connection-lost"),
          }),
        attachFanout: (io) =>
          joinRedisFanout(io, {
            url: config.redisUrl,
            clock,
            onError: (error) => log.warn({ err: error }, "fanout-trouble"),
          }),
        close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  };
}
