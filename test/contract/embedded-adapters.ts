import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import { openSqliteAcceptor } from "#shared/adapters/embedded/sqlite-acceptor.ts";
import { openSqliteAuditTrail } from "#shared/adapters/embedded/sqlite-audit-trail.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteConnections } from "#shared/adapters/embedded/sqlite-connections.ts";
import { openSqliteCounters } from "#shared/adapters/embedded/sqlite-counters.ts";
import { openSqliteIdentityStore } from "#shared/adapters/embedded/sqlite-identity-store.ts";
import { openSqliteJournal } from "#shared/adapters/embedded/sqlite-journal.ts";
import { openSqliteKnownOwnership } from "#shared/adapters/embedded/sqlite-known-ownership.ts";
import { openSqliteLogCopies } from "#shared/adapters/embedded/sqlite-log-copies.ts";
import { openSqliteOutbox } from "#shared/adapters/embedded/sqlite-outbox.ts";
import { openSqliteProjections } from "#shared/adapters/embedded/sqlite-projections.ts";
import { openSqliteReconciliationStore } from "#shared/adapters/embedded/sqlite-reconciliation-store.ts";
import { openSqliteSnapshotStore } from "#shared/adapters/embedded/sqlite-snapshot-store.ts";
import type { Adapters, Place } from "./support/adapters.ts";

/** The ports on SQLite files in a temporary folder. */
export const adapters: Adapters = {
  world: "embedded",
  module: import.meta.url,
  makePlace: () => mkdtemp(join(tmpdir(), "meridian-contract-")),
  removePlace: (place) => rm(place, { recursive: true, force: true }),
  commandLog: {
    open: async (place, options) => openSqliteCommandLog({ file: fileIn(place), ...options }),
    damageNewest: async (place) => damage(place, "log"),
  },
  logCopies: {
    open: async (place) => openSqliteLogCopies({ file: fileIn(place) }),
    damageNewest: async (place) => damage(place, "copies", "position"),
  },
  journal: {
    open: async (place) => openSqliteJournal({ file: fileIn(place) }),
    damageNewest: async (place) => damage(place, "outcomes"),
  },
  snapshots: {
    open: async (place) => openSqliteSnapshotStore({ file: fileIn(place) }),
    damageNewest: async (place) => damage(place, "snapshots"),
  },
  projections: { open: async (place) => openSqliteProjections({ file: fileIn(place) }) },
  counters: { open: async (place) => openSqliteCounters({ file: fileIn(place) }) },
  identity: { open: async (place) => openSqliteIdentityStore({ file: fileIn(place) }) },
  acceptor: {
    open: async (place) => openSqliteAcceptor({ file: fileIn(place) }),
    damageNewest: async (place) => damage(place, "acceptor"),
  },
  outbox: {
    open: async (place) => openSqliteOutbox({ file: fileIn(place) }),
    damageNewest: async (place) => damage(place, "outbox"),
  },
  reconciliations: {
    open: async (place) => openSqliteReconciliationStore({ file: fileIn(place) }),
    damageNewest: async (place) => damage(place, "reconciliations", "number"),
  },
  connections: { open: async (place) => openSqliteConnections({ file: fileIn(place) }) },
  knownOwnership: { open: async (place) => openSqliteKnownOwnership({ file: fileIn(place) }) },
  audit: { open: async (place) => openSqliteAuditTrail({ file: fileIn(place) }) },
  feed: createLocalOutcomeFeed,
};

function fileIn(place: Place): string {
  return join(place, "store.db");
}

/** Turns the last byte of the newest record: the file stays a sound database. */
function damage(place: Place, table: string, key = "rowid"): void {
  const database = new DatabaseSync(fileIn(place));
  const row = database.prepare(`SELECT ${key} AS id, bytes FROM ${table} ORDER BY ${key} DESC LIMIT 1`).get();
  const bytes = Uint8Array.from(row?.bytes as Uint8Array);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  database.prepare(`UPDATE ${table} SET bytes = ? WHERE ${key} = ?`).run(bytes, Number(row?.id));
  database.close();
}
