import { replicateTable } from "#shared/adapters/aws/dynamodb/table-replicator.ts";
import { TABLES, type TableName, tableNameOf } from "#shared/adapters/aws/dynamodb/tables.ts";
import { type AwsPlace, prefixOf } from "#shared/adapters/aws/region/aws-place.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import type { AwsLocalConfig } from "../backend/aws-local-backend.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { prepareRegion, replicaOf } from "./prepare-region.ts";
import type { RunningServer } from "./run-server.ts";
import { startDynamoDb } from "./start-dynamodb.ts";
import { startKinesis } from "./start-kinesis.ts";
import { startKms } from "./start-kms.ts";
import { type PostgresServer, startPostgres } from "./start-postgres.ts";
import { startQueues } from "./start-queues.ts";
import { startRedis } from "./start-redis.ts";
import { StoreThrottle } from "./store-throttle.ts";

export interface LocalCloudOptions {
  /** The first is where users are written. */
  readonly regions: readonly RegionId[];
  /** Shards of the installation: each has one in every stream. */
  readonly shards: number;
  readonly clock: Clock;
  /** What names begin with: another deployment's where one is meant. */
  readonly environment?: string;
  /** Whose queues there are; one that nobody reads would only grow. */
  readonly consumers?: readonly Consumer[];
  /** The groups of shards that are published together: each has a queue of the link between Regions. None where Regions are linked another way. */
  readonly linkedGroups?: readonly (readonly string[])[];
  /** What Redis asks for before it answers. */
  readonly redisToken?: string;
  /** The key that seals, by its name; any where nothing is said. */
  readonly sealingKey?: string;
  /** A server ended by itself, and what it held with it: the platform cannot go on. */
  readonly onFailure: (error: Error) => void;
}

/** A server that experiments may take away and bring back. */
export interface BreakableServer {
  /** `us-east-1/redis`, `postgres` */
  readonly name: string;
  readonly isUp: boolean;
}

/** Servers of this machine that play AWS for Regions. What is in them ends with them. */
export interface LocalCloud {
  /** One a Region: for who wants to look into the servers with a tool of AWS's. */
  readonly places: readonly AwsPlace[];
  configOf(region: RegionId): AwsLocalConfig;
  readonly breakable: readonly BreakableServer[];
  /** Kills it, or starts it again where it was. `false` if there is no such server. */
  setUp(name: string, isUp: boolean): Promise<boolean>;
  /** Lets the journal of a Region refuse nearly every write as DynamoDB does whose throughput is used up. */
  readonly throttle: StoreThrottle;
  stop(): Promise<void>;
}

const ENVIRONMENT = "local";
/** fauxqs knows no other account. */
const ACCOUNT = "000000000000";
const CONSUMERS: readonly Consumer[] = ["ledger", "notifier"];

/** Which Region writes an item, by its hash key: a tape's own (`TAPE#us-east-1#…`), and of users and keys the first. */
const WRITER: Partial<Record<TableName, (hashKey: string, home: string) => string | undefined>> = {
  journal: (hashKey) => hashKey.split("#")[1],
  identity: (_hashKey, home) => home,
};

/** One of those that come back where they were; what they hold may be lost. */
interface Breakable {
  server: RunningServer;
  isUp: boolean;
  readonly restart: () => Promise<RunningServer>;
}

/** Starts one of each for every Region (DynamoDB, Kinesis, Redis) and one for all (SNS and SQS, PostgreSQL, KMS), and makes in them what services expect. Rejects with an `OperatingError` that names what is missing. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { regions, shards, clock, onFailure, redisToken: token } = options;
  const { environment = ENVIRONMENT, consumers = CONSUMERS, linkedGroups = [] } = options;
  const closers: (() => Promise<unknown>)[] = [];
  let isStopping = false;
  const stop = async () => {
    isStopping = true;
    for (const close of closers.splice(0).reverse()) await close();
  };
  /** What cannot be without: its end is the platform's. */
  const keep = async (name: string, starting: Promise<RunningServer>): Promise<RunningServer> => {
    const server = await starting;
    closers.push(() => server.stop());
    void server.ended.then(() => {
      if (!isStopping) onFailure(new OperatingError(`${name} ended, and what it held with it.`));
    });
    return server;
  };
  const breakable = new Map<string, Breakable>();
  const addBreakable = (name: string, server: RunningServer, restart: () => Promise<RunningServer>) => {
    const entry: Breakable = { server, isUp: true, restart };
    breakable.set(name, entry);
    closers.push(() => entry.server.stop());
  };
  const startRegion = async (region: RegionId) => {
    const [dynamodb, kinesis, redis] = await allOf([
      keep(`DynamoDB of ${region}`, startDynamoDb({ clock })),
      keep(`Kinesis of ${region}`, startKinesis({ clock })),
      startRedis({ clock, token }),
    ]);
    addBreakable(`${region}/redis`, redis, () => startRedis({ clock, token, port: redis.port }));
    const proxy = await startFaultProxy({ target: dynamodb.url, clock });
    closers.push(() => proxy.close());
    return { region, dynamodb, kinesis, redis, proxy };
  };
  const startDatabase = async () => {
    const first = await startPostgres(clock);
    let now: PostgresServer = first;
    closers.push(() => now.remove());
    addBreakable("postgres", first, async () => {
      now = await now.restart();
      return now;
    });
    return first;
  };
  try {
    const [started, queues, postgres, kms] = await allOf([
      allOf(regions.map(startRegion)),
      keep("SNS and SQS", startQueues({ clock })),
      startDatabase(),
      startKms(undefined, options.sealingKey),
    ]);
    closers.push(() => kms.close());
    const placeOf = (region: RegionId, dynamodb: string, kinesis: string): AwsPlace => ({
      environment,
      accountId: ACCOUNT,
      region,
      endpoints: { dynamodb, kinesis, queues: queues.url, kms: kms.url },
    });
    const proxies = new Map<RegionId, FaultProxy>(started.map(({ region, proxy }) => [region, proxy]));
    const places = new Map(
      started.map(({ region, proxy, kinesis }) => [region, placeOf(region, proxy.url, kinesis.url)]),
    );
    const [home] = regions;
    assert(home !== undefined, "there is a Region");
    const homePlace = places.get(home);
    assert(homePlace !== undefined, "the first Region is started");
    const configs = new Map<RegionId, AwsLocalConfig>();
    await allOf(
      started.map(async ({ region, redis }) => {
        const place = places.get(region);
        assert(place !== undefined, "each Region that is started has a place");
        configs.set(region, {
          place,
          home: homePlace,
          bus: await prepareRegion(place, { shards, consumers, linkedGroups, clock }),
          redisUrl: redis.redisUrl,
          ledgerUrl: await postgres.createDatabase(region),
          sealingKey: kms.keyId,
        });
      }),
    );
    if (regions.length > 1) closers.push(await replicate([...places.values()], home, clock));
    return {
      places: [...places.values()],
      configOf: (region) => {
        const config = configs.get(region);
        assert(config !== undefined, `${region} is started`);
        return config;
      },
      get breakable() {
        return [...breakable].map(([name, { isUp }]) => ({ name, isUp }));
      },
      setUp: async (name, isUp) => {
        const entry = breakable.get(name);
        if (entry === undefined) return false;
        if (entry.isUp && !isUp) {
          entry.isUp = false;
          await entry.server.kill();
        } else if (!entry.isUp && isUp) {
          entry.server = await entry.restart();
          entry.isUp = true;
        }
        return true;
      },
      throttle: new StoreThrottle(proxies, tableNameOf(prefixOf(homePlace), "journal")),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Plays the global tables between the Regions. */
async function replicate(
  places: readonly AwsPlace[],
  home: RegionId,
  clock: Clock,
): Promise<() => Promise<void>> {
  const running: { stop(): Promise<void> }[] = [];
  for (const table of Object.keys(TABLES) as TableName[]) {
    if (TABLES[table].scope !== "global") continue;
    const writerOf = WRITER[table];
    assert(writerOf !== undefined, `it is known who writes the global table ${table}`);
    running.push(
      replicateTable({
        replicas: await Promise.all(places.map((place) => replicaOf(place, table, clock))),
        isWrittenBy: (region, hashKey) => writerOf(hashKey, home) === region,
        clock,
        // Tried again; a Region's server that is gone ends the platform anyway.
        onTrouble: () => {},
      }),
    );
  }
  return async () => {
    for (const { stop } of running) await stop();
  };
}

/** All of them, or the first failure once none is still starting: what was started can be stopped then. */
async function allOf<const T extends readonly Promise<unknown>[]>(
  starting: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(starting);
  for (const result of settled) if (result.status === "rejected") throw result.reason;
  return Promise.all(starting) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}
