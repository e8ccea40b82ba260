import { type DataFolder, openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import { openRenewableProjections } from "#shared/adapters/embedded/renewable-projections.ts";
import { openSqliteAcceptor } from "#shared/adapters/embedded/sqlite-acceptor.ts";
import { openSqliteAuditTrail } from "#shared/adapters/embedded/sqlite-audit-trail.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteCounters } from "#shared/adapters/embedded/sqlite-counters.ts";
import { openSqliteIdentityStore } from "#shared/adapters/embedded/sqlite-identity-store.ts";
import { openSqliteJournal } from "#shared/adapters/embedded/sqlite-journal.ts";
import { openSqliteKnownOwnership } from "#shared/adapters/embedded/sqlite-known-ownership.ts";
import { openSqliteLogCopies } from "#shared/adapters/embedded/sqlite-log-copies.ts";
import { openSqliteOutbox } from "#shared/adapters/embedded/sqlite-outbox.ts";
import { openSqliteReconciliationStore } from "#shared/adapters/embedded/sqlite-reconciliation-store.ts";
import { openSqliteSnapshotStore } from "#shared/adapters/embedded/sqlite-snapshot-store.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { ShardStores, Stores } from "#shared/ports/stores.ts";

interface OpenOptions {
  readonly fresh: boolean;
  /** What else than one Region by itself it is a part of. */
  readonly layout?: string | undefined;
  readonly shards: readonly ShardId[];
  /** What stands between the shards and their journals. */
  readonly wrapJournal?: ((journal: Journal) => Journal) | undefined;
  readonly onFailure: (error: unknown) => void;
}

const FILES = {
  copies: "copies.db",
  acceptor: "acceptor.db",
  known: "ownership.db",
  reconciliations: "reconciliations.db",
  outbox: "outbox.db",
  identity: "identity.db",
  counters: "counters.db",
  audit: "audit.db",
};
const SHARD_FILES = ["log", "journal", "snapshots", "projections"] as const;

/** A data file of a shard: `crypto-1.journal.db`. */
export function shardFile(shard: ShardId, store: (typeof SHARD_FILES)[number]): string {
  return `${shard}.${store}.db`;
}

/** Opens the data folder and all files in it. Throws `StorageError`; nothing is left open then. */
export function openStores(path: string, options: OpenOptions): Stores {
  const folder = openDataFolder(path, {
    fresh: options.fresh,
    ...(options.layout === undefined ? {} : { layout: options.layout }),
  });
  const closers: (() => unknown)[] = [() => folder.close()];
  try {
    const stores = openAll(folder, options, closers);
    const ofShards = options.shards.flatMap((shard) => SHARD_FILES.map((store) => shardFile(shard, store)));
    folder.remember([...ofShards, ...Object.values(FILES)]);
    return stores;
  } catch (error) {
    for (const close of closers.reverse()) close();
    throw error;
  }
}

function openAll(folder: DataFolder, options: OpenOptions, closers: (() => unknown)[]): Stores {
  const opened = <T extends { close(): unknown }>(store: T): T => {
    closers.push(() => store.close());
    return store;
  };
  const { wrapJournal = (journal) => journal } = options;
  const openShard = (shard: ShardId): ShardStores => {
    const file = (store: (typeof SHARD_FILES)[number]) => folder.file(shardFile(shard, store));
    return {
      log: opened(openSqliteCommandLog({ ...file("log"), onFailure: options.onFailure })),
      journal: wrapJournal(opened(openSqliteJournal(file("journal")))),
      snapshots: opened(openSqliteSnapshotStore(file("snapshots"))),
      projections: opened(openRenewableProjections(file("projections"))),
    };
  };
  return {
    shards: new Map(options.shards.map((shard) => [shard, openShard(shard)])),
    copies: opened(openSqliteLogCopies(folder.file(FILES.copies))),
    acceptor: opened(openSqliteAcceptor({ ...folder.file(FILES.acceptor), onFailure: options.onFailure })),
    known: opened(openSqliteKnownOwnership(folder.file(FILES.known))),
    reconciliations: opened(openSqliteReconciliationStore(folder.file(FILES.reconciliations))),
    outbox: opened(openSqliteOutbox(folder.file(FILES.outbox))),
    identity: opened(openSqliteIdentityStore(folder.file(FILES.identity))),
    counters: opened(openSqliteCounters(folder.file(FILES.counters))),
    audit: opened(openSqliteAuditTrail(folder.file(FILES.audit))),
    close: async () => {
      for (const close of closers.reverse()) await close();
    },
  };
}
