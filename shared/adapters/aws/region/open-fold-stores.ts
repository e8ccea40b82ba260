import type { ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { FoldedShardStores, FoldStores } from "#shared/ports/stores.ts";
import { openDynamoAcceptor } from "../dynamodb/dynamo-acceptor.ts";
import { openDynamoCounters } from "../dynamodb/dynamo-counters.ts";
import { openDynamoJournal } from "../dynamodb/dynamo-journal.ts";
import { openDynamoKnownOwnership } from "../dynamodb/dynamo-known-ownership.ts";
import { openDynamoLogCopies } from "../dynamodb/dynamo-log-copies.ts";
import { openDynamoReconciliationStore } from "../dynamodb/dynamo-reconciliation-store.ts";
import { openDynamoSnapshotStore } from "../dynamodb/dynamo-snapshot-store.ts";
import { Closers } from "./closers.ts";
import { RegionLogs, type RegionLogsOptions } from "./region-logs.ts";

export interface AwsFoldStoresOptions extends RegionLogsOptions {
  /** Which of the Region's nodes this is: counters are its own. */
  readonly node: string;
  /** The logs of what is folded here, where the task has begun to read them; the caller's to close. */
  readonly logs?: RegionLogs;
  /** Told of each step. */
  readonly onStep?: (step: string) => void;
}

/** Opens what folding a Region's shards needs: logs on its Kinesis stream, the rest in its DynamoDB tables. Rejects with an `OperatingError`; nothing is left open then. */
export async function openAwsFoldStores(options: AwsFoldStoresOptions): Promise<FoldStores> {
  const { place, dynamo, shards, folded = shards, regions, node, random, onFailure } = options;
  const closers = new Closers();
  const openShard = async (shard: ShardId) => ({
    shard,
    journal: await closers.opened(openDynamoJournal({ dynamo, region: place.region, shard })),
    snapshots: await closers.opened(openDynamoSnapshotStore({ dynamo })),
  });
  return closers.orClosed(async () => {
    const logs = options.logs ?? (await closers.opened(RegionLogs.start(options)));
    const [ofShards, copies, acceptor, known, reconciliations, counters] = await Promise.all([
      Promise.all(folded.map(openShard)),
      closers.opened(openDynamoLogCopies({ dynamo, shards: folded, origins: regions })),
      closers.opened(openDynamoAcceptor({ dynamo })),
      closers.opened(openDynamoKnownOwnership({ dynamo, shards: folded })),
      closers.opened(openDynamoReconciliationStore({ dynamo, shards: folded })),
      closers.opened(openDynamoCounters({ dynamo, node, random, onFailure })),
    ]);
    // The logs last: what the journal was seen to hold is then read of them, also where a task that does not know yet that it has lost its lease still writes it.
    options.onStep?.("tables");
    const opened = await logs.open();
    const shardStores = ofShards.map(({ shard, ...stores }): readonly [ShardId, FoldedShardStores] => {
      const log = opened.get(shard);
      assert(log !== undefined, `the log of ${shard} is open`);
      const refresh = async () => {
        await stores.journal.refresh();
        await copies.refresh(shard);
        await logs.untilRead(shard);
      };
      return [shard, { ...stores, log, refresh }];
    });
    return {
      shards: new Map(shardStores),
      ...{ copies, acceptor, known, reconciliations, counters },
      close: () => closers.close(),
    };
  });
}
