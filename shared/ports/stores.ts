import type { ShardId } from "#shared/domain/ids.ts";
import type { Acceptor } from "./acceptor.ts";
import type { AuditTrail } from "./audit-trail.ts";
import type { CommandLog } from "./command-log.ts";
import type { Counters } from "./counters.ts";
import type { IdentityStore } from "./identity-store.ts";
import type { Journal } from "./journal.ts";
import type { KnownOwnership } from "./known-ownership.ts";
import type { LogCopies } from "./log-copies.ts";
import type { Outbox } from "./outbox.ts";
import type { Projections, RenewableProjections } from "./projections.ts";
import type { ReconciliationStore } from "./reconciliation-store.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** What one shard's fold keeps in a Region. */
export interface FoldedShardStores {
  readonly log: CommandLog;
  readonly journal: Journal;
  readonly snapshots: SnapshotStore;
  /**
   * Looks again at what another task may have written since they were opened: at the journal, then at the copies of other Regions' logs and at the log, so that each reaches as far as what was made of it. Absent where nobody else
   * writes them.
   */
  readonly refresh?: (() => Promise<void>) | undefined;
}

/** What one shard keeps in a Region. */
export interface ShardStores extends FoldedShardStores {
  /** Those that can be made anew while they are read, where the store can do that. */
  readonly projections: Projections | RenewableProjections;
}

/** Everything durable that folding a Region's shards needs. */
export interface FoldStores {
  readonly shards: ReadonlyMap<ShardId, FoldedShardStores>;
  /** Of the other Regions' logs. */
  readonly copies: LogCopies;
  readonly acceptor: Acceptor;
  readonly known: KnownOwnership;
  readonly reconciliations: ReconciliationStore;
  readonly counters: Counters;
  close(): Promise<void>;
}

/** What a task that stands by reads of a Region's shards, while another one writes it. What that one wrote is heard of a little later. */
export interface WatchedStores extends Pick<FoldStores, "shards" | "copies"> {
  /** What is written down now of the ownership register, of each shard. */
  known(): Promise<Pick<KnownOwnership, "record">>;
  readonly reconciliations: Pick<ReconciliationStore, "bookmark">;
  close(): Promise<void>;
}

/** Everything durable of one Region. */
export interface Stores extends FoldStores {
  readonly shards: ReadonlyMap<ShardId, ShardStores>;
  readonly outbox: Outbox;
  readonly identity: IdentityStore;
  readonly audit: AuditTrail;
}
