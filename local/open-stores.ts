import { type DataFolder, openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteCounters } from "#shared/adapters/embedded/sqlite-counters.ts";
import { openSqliteIdentityStore } from "#shared/adapters/embedded/sqlite-identity-store.ts";
import { openSqliteJournal } from "#shared/adapters/embedded/sqlite-journal.ts";
import { openSqliteLogCopies } from "#shared/adapters/embedded/sqlite-log-copies.ts";
import { openSqliteProjections } from "#shared/adapters/embedded/sqlite-projections.ts";
import { openSqliteSnapshotStore } from "#shared/adapters/embedded/sqlite-snapshot-store.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { Counters } from "#shared/ports/counters.ts";
import type { IdentityStore } from "#shared/ports/identity-store.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { Projections } from "#shared/ports/projections.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";

/** Everything durable of one embedded Region. */
export interface Stores {
  readonly log: CommandLog;
  readonly copies: LogCopies;
  readonly journal: Journal;
  readonly snapshots: SnapshotStore;
  readonly projections: Projections;
  readonly identity: IdentityStore;
  readonly counters: Counters;
  close(): Promise<void>;
}

interface OpenOptions {
  readonly fresh: boolean;
  readonly onFailure: (error: unknown) => void;
}

const FILES = {
  log: "log.db",
  copies: "copies.db",
  journal: "journal.db",
  snapshots: "snapshots.db",
  projections: "projections.db",
  identity: "identity.db",
  counters: "counters.db",
};

/** Opens the data folder and all files in it. Throws `StorageError`; nothing is left open then. */
export function openStores(path: string, options: OpenOptions): Stores {
  const folder = openDataFolder(path, { fresh: options.fresh });
  const closers: (() => unknown)[] = [() => folder.close()];
  try {
    const stores = openAll(folder, options, closers);
    folder.remember(Object.values(FILES));
    return stores;
  } catch (error) {
    for (const close of closers.reverse()) close();
    throw error;
  }
}

function openAll(folder: DataFolder, { onFailure }: OpenOptions, closers: (() => unknown)[]): Stores {
  const opened = <T extends { close(): unknown }>(store: T): T => {
    closers.push(() => store.close());
    return store;
  };
  return {
    log: opened(openSqliteCommandLog({ ...folder.file(FILES.log), onFailure })),
    copies: opened(openSqliteLogCopies(folder.file(FILES.copies))),
    journal: opened(openSqliteJournal(folder.file(FILES.journal))),
    snapshots: opened(openSqliteSnapshotStore(folder.file(FILES.snapshots))),
    projections: opened(openSqliteProjections(folder.file(FILES.projections))),
    identity: opened(openSqliteIdentityStore(folder.file(FILES.identity))),
    counters: opened(openSqliteCounters(folder.file(FILES.counters))),
    close: async () => {
      for (const close of closers.reverse()) await close();
    },
  };
}
