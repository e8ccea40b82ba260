import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Snapshot, SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { type DatabaseFile, openDatabase, transaction } from "./open-database.ts";

/** How many snapshots of a shard are kept, besides the newest final one. */
const KEPT = 3;

const SCHEMA = {
  version: 2,
  statements: `CREATE TABLE snapshots (
    shard TEXT NOT NULL, seq INTEGER NOT NULL, branch TEXT NOT NULL, position INTEGER NOT NULL, digest TEXT NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (shard, seq)
  ) STRICT`,
};

/** Opens the snapshots of a Region's shards. */
export function openSqliteSnapshotStore(options: DatabaseFile): SnapshotStore {
  const database = openDatabase(options, SCHEMA);
  const insert = database.prepare("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?)");
  const forget = database.prepare(
    `DELETE FROM snapshots WHERE shard = ?1
     AND seq NOT IN (SELECT seq FROM snapshots WHERE shard = ?1 ORDER BY seq DESC LIMIT ?2)
     AND seq IS NOT (SELECT max(seq) FROM snapshots WHERE shard = ?1 AND seq <= ?3)`,
  );
  const rewind = database.prepare("DELETE FROM snapshots WHERE shard = ? AND seq > ?");
  const select = database.prepare(
    "SELECT seq, branch, position, digest, bytes FROM snapshots WHERE shard = ? ORDER BY seq DESC",
  );
  let closed = false;
  return {
    save: async ({ shard, seq, branch, position, digest, bytes }: Snapshot, finalSeq: number) => {
      transaction(database, () => {
        insert.run(shard, seq, branch, position, digest, bytes);
        forget.run(shard, KEPT, finalSeq);
      });
    },
    list: async (shard: ShardId) =>
      select.all(shard).map((row) => ({
        shard,
        branch: row.branch as BranchId,
        seq: row.seq as Seq,
        position: row.position as number,
        digest: row.digest as string,
        bytes: row.bytes as Uint8Array,
      })),
    rewind: async (shard: ShardId, toSeq: number) => {
      rewind.run(shard, toSeq);
    },
    close: async () => {
      if (!closed) database.close();
      closed = true;
    },
  };
}
