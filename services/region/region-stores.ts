import type { ShardId } from "#shared/domain/ids.ts";
import type { Acceptor } from "#shared/ports/acceptor.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { Counters } from "#shared/ports/counters.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { KnownOwnership } from "#shared/ports/known-ownership.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";

/** What one shard keeps in a Region. */
export interface ShardStores {
  readonly log: CommandLog;
  readonly journal: Journal;
  readonly snapshots: SnapshotStore;
}

/** What the shards of a Region share. */
export interface RegionStores {
  readonly shards: ReadonlyMap<ShardId, ShardStores>;
  readonly copies: LogCopies;
  readonly acceptor: Acceptor;
  readonly known: KnownOwnership;
  readonly reconciliations: ReconciliationStore;
  readonly counters: Counters;
}
