import { resourceName } from "#shared/config/aws/names.ts";
import { COMMAND_STREAM } from "#shared/config/aws/streams.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { FoldedShardStores, FoldStores } from "#shared/ports/stores.ts";
import type { Dynamo } from "../dynamodb/dynamo.ts";
import { openDynamoAcceptor } from "../dynamodb/dynamo-acceptor.ts";
import { openDynamoCounters } from "../dynamodb/dynamo-counters.ts";
import { openDynamoJournal } from "../dynamodb/dynamo-journal.ts";
import { openDynamoKnownOwnership } from "../dynamodb/dynamo-known-ownership.ts";
import { openDynamoLogCopies } from "../dynamodb/dynamo-log-copies.ts";
import { openDynamoLogMarks } from "../dynamodb/dynamo-log-marks.ts";
import { openDynamoReconciliationStore } from "../dynamodb/dynamo-reconciliation-store.ts";
import { openDynamoSnapshotStore } from "../dynamodb/dynamo-snapshot-store.ts";
import { hashKeyOf } from "../kinesis/hash-key.ts";
import { createKinesisClient } from "../kinesis/kinesis-client.ts";
import { openKinesisCommandLog } from "../kinesis/kinesis-command-log.ts";
import type { KinesisLogOptions } from "../kinesis/kinesis-log-options.ts";
import { pollIntervalFor } from "../kinesis/poll-interval.ts";
import type { AwsPlace } from "./aws-place.ts";
import { Closers } from "./closers.ts";

export interface AwsFoldStoresOptions {
  readonly place: AwsPlace;
  /** The tables of the place; the caller's to close. */
  readonly dynamo: Dynamo;
  /** All of the installation. */
  readonly regions: readonly RegionId[];
  /** All of the installation, in the order that numbers them: each has a shard of the Region's stream for itself. */
  readonly shards: readonly ShardId[];
  /** Those that are folded here; all of them where nothing is said. */
  readonly folded?: readonly ShardId[];
  /** Which of the Region's nodes this is: counters are its own. */
  readonly node: string;
  /** How logs are read, where that differs from the rule. */
  readonly reading?: Pick<KinesisLogOptions, "pollIntervalMs" | "consumer">;
  readonly clock: Clock;
  readonly random: Random;
  readonly onUndecodable: KinesisLogOptions["onUndecodable"];
  /** Trouble that is tried again. */
  readonly onTrouble: (error: unknown) => void;
  /** What a task cannot go on from: it must stop and start again. */
  readonly onFailure: (error: unknown) => void;
}

const REQUEST_TIMEOUT_MS = 3000;

/** Opens what folding a Region's shards needs: logs on its Kinesis stream, the rest in its DynamoDB tables. Rejects with an `OperatingError`; nothing is left open then. */
export async function openAwsFoldStores(options: AwsFoldStoresOptions): Promise<FoldStores> {
  const { place, dynamo, shards, folded = shards, regions, node, clock, random, onFailure } = options;
  const closers = new Closers();
  const kinesis = createKinesisClient({
    region: place.region,
    ...(place.endpoints?.kinesis === undefined ? {} : { endpoint: place.endpoints.kinesis }),
  });
  closers.add(() => kinesis.destroy());
  const streamName = resourceName(place.environment, COMMAND_STREAM.name);
  const openShard = async (
    shard: ShardId,
    reading: AwsFoldStoresOptions["reading"],
  ): Promise<FoldedShardStores> => ({
    log: await closers.opened(
      openKinesisCommandLog({
        ...options,
        ...reading,
        client: kinesis,
        streamName,
        log: shard,
        hashKey: hashKeyOf(shards.indexOf(shard), shards.length),
        marks: openDynamoLogMarks({ dynamo }),
      }),
    ),
    journal: await closers.opened(openDynamoJournal({ dynamo, region: place.region, shard })),
    snapshots: await closers.opened(openDynamoSnapshotStore({ dynamo })),
  });
  return closers.orClosed(async () => {
    const access = { client: kinesis, streamName, clock, requestTimeoutMs: REQUEST_TIMEOUT_MS };
    const pollIntervalMs =
      options.reading?.pollIntervalMs ?? (await pollIntervalFor(access, folded.length, regions.length));
    const reading = { ...options.reading, pollIntervalMs };
    // Of each shard by itself: none waits for another.
    const ofShards = await Promise.all(
      folded.map(async (shard) => [shard, await openShard(shard, reading)] as const),
    );
    return {
      shards: new Map(ofShards),
      copies: await closers.opened(openDynamoLogCopies({ dynamo, shards: folded, origins: regions })),
      acceptor: await closers.opened(openDynamoAcceptor({ dynamo })),
      known: await closers.opened(openDynamoKnownOwnership({ dynamo, shards: folded })),
      reconciliations: await closers.opened(openDynamoReconciliationStore({ dynamo, shards: folded })),
      counters: await closers.opened(openDynamoCounters({ dynamo, node, random, onFailure })),
      close: () => closers.close(),
    };
  });
}
