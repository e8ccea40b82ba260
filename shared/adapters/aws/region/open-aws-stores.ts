import { resourceName } from "#shared/config/aws/names.ts";
import { COMMAND_STREAM } from "#shared/config/aws/streams.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Sealer } from "#shared/ports/sealer.ts";
import type { ShardStores, Stores } from "#shared/ports/stores.ts";
import type { Dynamo } from "../dynamodb/dynamo.ts";
import { openDynamoAcceptor } from "../dynamodb/dynamo-acceptor.ts";
import { openDynamoAuditTrail } from "../dynamodb/dynamo-audit-trail.ts";
import { openDynamoCounters } from "../dynamodb/dynamo-counters.ts";
import { openDynamoIdentityStore } from "../dynamodb/dynamo-identity-store.ts";
import { openDynamoJournal } from "../dynamodb/dynamo-journal.ts";
import { openDynamoKnownOwnership } from "../dynamodb/dynamo-known-ownership.ts";
import { openDynamoLogCopies } from "../dynamodb/dynamo-log-copies.ts";
import { openDynamoLogMarks } from "../dynamodb/dynamo-log-marks.ts";
import { openDynamoOutbox } from "../dynamodb/dynamo-outbox.ts";
import { openDynamoProjections } from "../dynamodb/dynamo-projections.ts";
import { openDynamoReconciliationStore } from "../dynamodb/dynamo-reconciliation-store.ts";
import { openDynamoSnapshotStore } from "../dynamodb/dynamo-snapshot-store.ts";
import { hashKeyOf } from "../kinesis/hash-key.ts";
import { createKinesisClient } from "../kinesis/kinesis-client.ts";
import { openKinesisCommandLog } from "../kinesis/kinesis-command-log.ts";
import type { KinesisLogOptions } from "../kinesis/kinesis-log-options.ts";
import type { AwsPlace } from "./aws-place.ts";

export interface AwsStoresOptions {
  readonly place: AwsPlace;
  /** The tables of the place; the caller's to close. */
  readonly dynamo: Dynamo;
  /** The tables of the Region that writes users and keys. */
  readonly home: Dynamo;
  readonly sealer: Sealer;
  /** All of the installation. */
  readonly regions: readonly RegionId[];
  /** All of the installation, in the order that numbers them: each has a shard of the Region's stream for itself. */
  readonly shards: readonly ShardId[];
  /** Which of the Region's nodes this is: counters and outbox are its own. */
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

/** Opens everything durable of a Region: logs on its Kinesis stream, the rest in its DynamoDB tables. Rejects with an `OperatingError`; nothing is left open then. */
export async function openAwsStores(options: AwsStoresOptions): Promise<Stores> {
  const { place, dynamo, home, sealer, shards, regions, node, random, onFailure } = options;
  const kinesis = createKinesisClient({
    region: place.region,
    ...(place.endpoints?.kinesis === undefined ? {} : { endpoint: place.endpoints.kinesis }),
  });
  const closers: (() => unknown)[] = [() => kinesis.destroy()];
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  const opened = async <T extends { close(): unknown }>(opening: T | Promise<T>): Promise<T> => {
    const store = await opening;
    closers.push(() => store.close());
    return store;
  };
  const openShard = async (shard: ShardId, at: number): Promise<ShardStores> => ({
    log: await opened(
      openKinesisCommandLog({
        ...options,
        ...options.reading,
        client: kinesis,
        streamName: resourceName(place.environment, COMMAND_STREAM.name),
        log: shard,
        hashKey: hashKeyOf(at, shards.length),
        marks: openDynamoLogMarks({ dynamo }),
      }),
    ),
    journal: await opened(openDynamoJournal({ dynamo, region: place.region, shard })),
    snapshots: await opened(openDynamoSnapshotStore({ dynamo })),
    projections: await opened(openDynamoProjections({ dynamo, shards: [shard] })),
  });
  try {
    // Of each shard by itself: none waits for another.
    const ofShards = await Promise.all(
      shards.map(async (shard, at) => [shard, await openShard(shard, at)] as const),
    );
    return {
      shards: new Map(ofShards),
      copies: await opened(openDynamoLogCopies({ dynamo, shards, origins: regions })),
      acceptor: await opened(openDynamoAcceptor({ dynamo })),
      known: await opened(openDynamoKnownOwnership({ dynamo, shards })),
      reconciliations: await opened(openDynamoReconciliationStore({ dynamo, shards })),
      outbox: await opened(openDynamoOutbox({ dynamo, gateway: node })),
      identity: await opened(openDynamoIdentityStore({ dynamo, home, sealer })),
      audit: await opened(openDynamoAuditTrail({ dynamo })),
      counters: await opened(openDynamoCounters({ dynamo, node, random, onFailure })),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
