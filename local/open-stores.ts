import { type DataFolder, openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteCounters } from "#shared/adapters/embedded/sqlite-counters.ts";
import { openSqliteIdentityStore } from "#shared/adapters/embedded/sqlite-identity-store.ts";
import { openSqliteJournal } from "#shared/adapters/embedded/sqlite-journal.ts";
import { openSqliteProjections } from "#shared/adapters/embedded/sqlite-projections.ts";
import { openSqliteSnapshotStore } from "#shared/adapters/embedded/sqlite-snapshot-store.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { Counters } from "#shared/ports/counters.ts";
import type { IdentityStore } from "#shared/ports/identity-store.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Projections } from "#shared/ports/projections.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";

/** Everything durable of one embedded Region. */
export interface Stores {
  readonly log: CommandLog;
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

/** Opens the data folder and all files in it. Throws `StorageError`; nothing is left open then. */
export function openStores(path: string, options: OpenOptions): Stores {
  const folder = openDataFolder(path, { fresh: options.fresh });
  const closers: (() => unknown)[] = [() => folder.close()];
  try {
    return openAll(folder, options, closers);
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
    log: opened(openSqliteCommandLog({ file: folder.file("log.db"), onFailure })),
    journal: opened(openSqliteJournal({ file: folder.file("journal.db") })),
    snapshots: opened(openSqliteSnapshotStore({ file: folder.file("snapshots.db") })),
    projections: opened(openSqliteProjections({ file: folder.file("projections.db") })),
    identity: opened(openSqliteIdentityStore({ file: folder.file("identity.db") })),
    counters: opened(openSqliteCounters({ file: folder.file("counters.db") })),
    close: async () => {
      for (const close of closers.reverse()) await close();
    },
  };
}
