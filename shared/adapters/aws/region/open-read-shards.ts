import type { ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Projections } from "#shared/ports/projections.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { Bell } from "../dynamodb/bell.ts";
import type { Dynamo } from "../dynamodb/dynamo.ts";
import { openDynamoJournal } from "../dynamodb/dynamo-journal.ts";
import { openDynamoProjections } from "../dynamodb/dynamo-projections.ts";
import { openDynamoSnapshotStore } from "../dynamodb/dynamo-snapshot-store.ts";
import type { AwsPlace } from "./aws-place.ts";
import { Closers } from "./closers.ts";

/** What other tasks write of a shard, as a task that only reads it has it. */
export interface ReadShard {
  readonly shard: ShardId;
  readonly journal: Journal;
  /** Makes the journal look at once. */
  lookAtJournal(): void;
  readonly snapshots: SnapshotStore;
  readonly projections: Projections;
}

export interface ReadShardsOptions {
  readonly place: AwsPlace;
  readonly dynamo: Dynamo;
  readonly shards: readonly ShardId[];
  readonly clock: Clock;
}

/** How often it is looked what others have written. Whoever misses something rings, so the journal's is for what nobody tells of. Each look at a shard is two reads of the journal, and one of the tables. */
const JOURNAL_MS = 5000;
const TABLES_MS = 2000;

/** Opens what is written of a Region's shards, to be read. Rejects with an `OperatingError`; nothing is left open then. */
export function openReadShards({ place, dynamo, shards, clock }: ReadShardsOptions) {
  const closers = new Closers();
  return closers.orClosed(async () => {
    const opened = await Promise.all(
      shards.map(async (shard): Promise<ReadShard> => {
        const bell = new Bell(clock, JOURNAL_MS);
        const { onChange } = bell;
        return {
          shard,
          journal: await closers.opened(openDynamoJournal({ dynamo, region: place.region, shard, onChange })),
          lookAtJournal: () => bell.ring(),
          snapshots: await closers.opened(openDynamoSnapshotStore({ dynamo })),
          projections: await closers.opened(
            openDynamoProjections({ dynamo, shards: [shard], lookEveryMs: TABLES_MS }),
          ),
        };
      }),
    );
    return { shards: opened, close: () => closers.close() };
  });
}
