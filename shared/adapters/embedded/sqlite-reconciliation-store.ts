import type { ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { ReconciliationQuery, ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import { conflictedOrders } from "#shared/read-model/conflicted-orders.ts";
import { type Reconciliation, touchedAccounts } from "#shared/read-model/reconciliation.ts";
import { checkedBytes, checksumOf } from "./checked-record.ts";
import { type DatabaseFile, openDatabase, transaction } from "./open-database.ts";

const SCHEMA = {
  version: 3,
  statements: `
    CREATE TABLE bookmarks (shard TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT;
    CREATE TABLE recorded (shard TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
    CREATE TABLE reconciliations (
      number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL,
      bytes BLOB NOT NULL, crc INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE touched (
      account INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (account, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX touchedById ON touched (id);
    CREATE TABLE conflicts (
      orderId INTEGER NOT NULL, id TEXT NOT NULL, compensated INTEGER NOT NULL, PRIMARY KEY (orderId, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX conflictsById ON conflicts (id);`,
};

/** Opens a Region's reconciliations. */
export function openSqliteReconciliationStore(options: DatabaseFile): ReconciliationStore {
  const database = openDatabase(options, SCHEMA);
  const bookmarks = new Map<ShardId, number>();
  for (const row of database.prepare("SELECT shard, position FROM bookmarks").all())
    bookmarks.set(row.shard as ShardId, Number(row.position));
  const setBookmark = database.prepare(
    "INSERT INTO bookmarks VALUES (?1, ?2) ON CONFLICT (shard) DO UPDATE SET position = ?2",
  );
  const recorded = new Map<ShardId, number>();
  for (const row of database.prepare("SELECT shard, seq FROM recorded").all())
    recorded.set(row.shard as ShardId, Number(row.seq));
  const setRecorded = database.prepare(
    "INSERT INTO recorded VALUES (?1, ?2) ON CONFLICT (shard) DO UPDATE SET seq = ?2",
  );
  const put = database.prepare(
    "INSERT INTO reconciliations (id, state, bytes, crc) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET state = ?2, bytes = ?3, crc = ?4",
  );
  const untouch = database.prepare("DELETE FROM touched WHERE id = ?");
  const touch = database.prepare("INSERT OR IGNORE INTO touched VALUES (?, ?)");
  const get = database.prepare("SELECT id, bytes, crc FROM reconciliations WHERE id = ?");
  const all = database.prepare(
    "SELECT id, bytes, crc FROM reconciliations WHERE (?1 IS NULL OR state = ?1) AND number < ?3 ORDER BY number DESC LIMIT ?2",
  );
  const ofAccount = database.prepare(
    "SELECT r.id, bytes, crc FROM reconciliations r JOIN touched t ON t.id = r.id WHERE account = ?4 AND (?1 IS NULL OR state = ?1) AND number < ?3 ORDER BY number DESC LIMIT ?2",
  );
  const numberOf = database.prepare("SELECT number FROM reconciliations WHERE id = ?");
  const dropConflicts = database.prepare("DELETE FROM conflicts WHERE id = ?");
  const addConflict = database.prepare("INSERT OR IGNORE INTO conflicts VALUES (?, ?, ?)");
  const conflict = database.prepare(
    "SELECT count(*) AS count, min(compensated) AS compensated FROM conflicts WHERE orderId = ?",
  );
  let closed = false;

  const parsed = (row: Record<string, unknown>): Reconciliation => {
    const record = { bytes: row.bytes as Uint8Array, crc: Number(row.crc) };
    const bytes = checkedBytes(record, options.file, `the reconciliation ${String(row.id)}`);
    return JSON.parse(Buffer.from(bytes).toString("utf8")) as Reconciliation;
  };

  return {
    bookmark: (shard) => bookmarks.get(shard) ?? 0,
    setBookmark: async (shard, position) => {
      assert(position >= (bookmarks.get(shard) ?? 0), `the bookmark of ${shard} only moves forward`);
      setBookmark.run(shard, position);
      bookmarks.set(shard, position);
    },
    recordedThrough: (shard) => recorded.get(shard) ?? 0,
    setRecordedThrough: async (shard, seq) => {
      setRecorded.run(shard, seq);
      recorded.set(shard, seq);
    },
    put: async (reconciliation) => {
      const bytes = Buffer.from(JSON.stringify(reconciliation));
      transaction(database, () => {
        put.run(reconciliation.id, reconciliation.state, bytes, checksumOf(bytes));
        untouch.run(reconciliation.id);
        for (const account of touchedAccounts(reconciliation)) touch.run(account, reconciliation.id);
        dropConflicts.run(reconciliation.id);
        for (const order of conflictedOrders(reconciliation))
          addConflict.run(order, reconciliation.id, reconciliation.state === "reconciled" ? 1 : 0);
      });
    },
    get: async (id) => {
      const row = get.get(id);
      return row === undefined ? undefined : parsed(row);
    },
    list: async ({ account, state, before, limit }: ReconciliationQuery) => {
      const number = before === undefined ? Number.MAX_SAFE_INTEGER : numberOf.get(before)?.number;
      if (number === undefined) return [];
      const query = [state ?? null, limit, number] as const;
      return (account === undefined ? all.all(...query) : ofAccount.all(...query, account)).map(parsed);
    },
    conflictOf: async (orderId) => {
      const row = conflict.get(orderId);
      return Number(row?.count) === 0 ? undefined : { isCompensated: Number(row?.compensated) === 1 };
    },
    close: async () => {
      if (!closed) database.close();
      closed = true;
    },
  };
}
