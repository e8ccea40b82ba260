import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  type _Record,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import { type DynamoPlace, sdkConfigOf } from "./dynamo-clients.ts";

/** A global table in one Region. */
export interface ReplicatedTable extends DynamoPlace {
  readonly tableName: string;
  readonly streamArn: string;
}

export interface TableReplicatorOptions {
  /** The same table in every Region. */
  readonly replicas: readonly ReplicatedTable[];
  readonly clock: Clock;
  /** Whether an item is one that a Region writes, by its hash key: every item is written by one, and copied from there. */
  isWrittenBy(region: string, hashKey: string): boolean;
  /** Told of what failed and is tried again. */
  readonly onTrouble: (error: unknown) => void;
}

const LOOK_MS = 250;
/** A stream goes on in a new shard every few hours. */
const LOOK_FOR_SHARDS_EVERY = 20;

type Item = Record<string, AttributeValue>;

/** A replica, and how far its stream was read. */
interface Replica {
  readonly table: ReplicatedTable;
  readonly client: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  /** By shard of the stream; `undefined` for one that was read to its end. */
  readonly iterators: Map<string, string | undefined>;
  looks: number;
}

/**
 * Plays a DynamoDB global table on servers that have none, for development: what is written in one Region is written in the others, in its order, some moments later. Each item is written by one Region, so no two
 * writes meet, and none goes round.
 */
export function replicateTable(options: TableReplicatorOptions): { stop(): Promise<void> } {
  const { clock, isWrittenBy, onTrouble } = options;
  const replicas = options.replicas.map((table): Replica => {
    const config = sdkConfigOf(table);
    return {
      table,
      client: new DynamoDBClient(config),
      streams: new DynamoDBStreamsClient(config),
      iterators: new Map(),
      looks: 0,
    };
  });
  let isStopped = false;
  const follow = (replica: Replica) => {
    let timer: Timer | undefined;
    let wake = () => {};
    const run = async () => {
      while (!isStopped) {
        await copyNew(replica, replicas, isWrittenBy).catch(onTrouble);
        if (isStopped) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
          timer = clock.schedule(LOOK_MS, resolve);
        });
      }
    };
    const running = run();
    return async () => {
      timer?.cancel();
      wake();
      await running;
    };
  };
  const followed = replicas.map(follow);
  return {
    stop: async () => {
      isStopped = true;
      for (const stop of followed) await stop();
      for (const { client, streams } of replicas) {
        client.destroy();
        streams.destroy();
      }
    },
  };
}

/** Copies what the replica's stream tells of since the last time. An iterator moves on only when its records are everywhere. */
async function copyNew(
  replica: Replica,
  replicas: readonly Replica[],
  isWrittenBy: TableReplicatorOptions["isWrittenBy"],
): Promise<void> {
  const { streams, table, iterators } = replica;
  if (replica.looks % LOOK_FOR_SHARDS_EVERY === 0) await lookForShards(replica);
  replica.looks++;
  for (const [shard, iterator] of iterators) {
    if (iterator === undefined) continue;
    const { Records = [], NextShardIterator } = await streams.send(
      new GetRecordsCommand({ ShardIterator: iterator }),
    );
    for (const record of Records) {
      if (!isWrittenBy(table.region, record.dynamodb?.Keys?.pk?.S ?? "")) continue;
      for (const other of replicas) if (other !== replica) await give(other, record);
    }
    iterators.set(shard, NextShardIterator);
  }
}

/** Takes up new shards of the stream from their beginning. */
async function lookForShards(replica: Replica): Promise<void> {
  const { streams, table, iterators } = replica;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: table.streamArn }));
  for (const { ShardId = "" } of StreamDescription?.Shards ?? [])
    if (!iterators.has(ShardId)) iterators.set(ShardId, await firstOf(replica, ShardId));
}

async function firstOf({ streams, table }: Replica, shard: string): Promise<string | undefined> {
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({
      StreamArn: table.streamArn,
      ShardId: shard,
      ShardIteratorType: "TRIM_HORIZON",
    }),
  );
  return ShardIterator;
}

async function give({ client, table }: Replica, { dynamodb }: _Record): Promise<void> {
  const { Keys = {}, NewImage } = dynamodb ?? {};
  const { tableName: TableName } = table;
  if (NewImage === undefined) await client.send(new DeleteItemCommand({ TableName, Key: Keys as Item }));
  else await client.send(new PutItemCommand({ TableName, Item: NewImage as Item }));
}
