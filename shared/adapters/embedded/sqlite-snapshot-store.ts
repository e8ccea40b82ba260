import type { Seq, ShardId } from "#shared/domain/ids.ts";
import type { Snapshot, SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { type DatabaseFile, openDatabase, transaction } from "./open-database.ts";

/** How many snapshots of a shard are kept. */
const KEPT = 3;

const SCHEMA = {
  version: 1,
  statements: `CREATE TABLE snapshots (
    shard TEXT NOT NULL, seq INTEGER NOT NULL, position INTEGER NOT NULL, digest TEXT NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (shard, seq)
  ) STRICT`,
};

/** Opens the snapshots of a Region's shards. */
export function openSqliteSnapshotStore(options: DatabaseFile): SnapshotStore {
  const database = openDatabase(options, SCHEMA);
  const insert = database.prepare("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?)");
  const forget = database.prepare(
    "DELETE FROM snapshots WHERE shard = ?1 AND seq NOT IN (SELECT seq FROM snapshots WHERE shard = ?1 ORDER BY seq DESC LIMIT ?2)",
  );
  const select = database.prepare(
    "SELECT seq, position, digest, bytes FROM snapshots WHERE shard = ? ORDER BY seq DESC",
  );
  let closed = false;
  return {
    save: ({ shard, seq, position, digest, bytes }: Snapshot) => {
      transaction(database, () => {
        insert.run(shard, seq, position, digest, bytes);
        forget.run(shard, KEPT);
      });
      return Promise.resolve();
    },
    list: (shard: ShardId) => {
      const rows = select.all(shard).map((row) => ({
        shard,
        seq: row.seq as Seq,
        position: row.position as number,
        digest: row.digest as string,
        bytes: row.bytes as Uint8Array,
      }));
      return Promise.resolve(rows);
    },
    close: () => {
      if (!closed) database.close();
      closed = true;
      return Promise.resolve();
    },
  };
}
