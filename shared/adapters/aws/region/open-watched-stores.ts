import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { FoldedShardStores, WatchedStores } from "#shared/ports/stores.ts";
import { Bell } from "../dynamodb/bell.ts";
import type { Dynamo } from "../dynamodb/dynamo.ts";
import { openDynamoJournal } from "../dynamodb/dynamo-journal.ts";
import { openDynamoKnownOwnership } from "../dynamodb/dynamo-known-ownership.ts";
import { openDynamoLogCopies } from "../dynamodb/dynamo-log-copies.ts";
import { openDynamoReconciliationStore } from "../dynamodb/dynamo-reconciliation-store.ts";
import { openDynamoSnapshotStore } from "../dynamodb/dynamo-snapshot-store.ts";
import type { AwsPlace } from "./aws-place.ts";
import { Closers } from "./closers.ts";

export interface WatchedStoresOptions {
  readonly place: AwsPlace;
  readonly dynamo: Dynamo;
  /** All of the installation. */
  readonly regions: readonly RegionId[];
  /** The Region's own logs of the shards that are watched; the caller's to close. */
  readonly logs: ReadonlyMap<ShardId, CommandLog>;
  readonly clock: Clock;
}

/** How often it is looked what the task that publishes has written: the end of its journal, and its copies of other Regions' logs. */
const JOURNAL_MS = 2000;
const COPIES_MS = 500;

/** Opens what a task that stands by reads of its Region's shards. Rejects with an `OperatingError`; nothing is left open then. */
export function openWatchedStores(options: WatchedStoresOptions): Promise<WatchedStores> {
  const { place, dynamo, regions, logs, clock } = options;
  const shards = [...logs.keys()];
  const closers = new Closers();
  return closers.orClosed(async () => {
    const ofLogs = await Promise.all(
      [...logs].map(async ([shard, log]): Promise<readonly [ShardId, FoldedShardStores]> => {
        const { onChange } = new Bell(clock, JOURNAL_MS);
        const journal = openDynamoJournal({ dynamo, region: place.region, shard, onChange });
        return [
          shard,
          {
            log,
            journal: await closers.opened(journal),
            snapshots: await closers.opened(openDynamoSnapshotStore({ dynamo })),
          },
        ];
      }),
    );
    const { onChange } = new Bell(clock, COPIES_MS);
    return {
      shards: new Map(ofLogs),
      copies: await closers.opened(openDynamoLogCopies({ dynamo, shards, origins: regions, onChange })),
      reconciliations: await closers.opened(openDynamoReconciliationStore({ dynamo, shards })),
      known: () => openDynamoKnownOwnership({ dynamo, shards }),
      close: () => closers.close(),
    };
  });
}
