import type { ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { KnownOwnership } from "#shared/ports/known-ownership.ts";
import { checkedBytes, checksumOf } from "./checked-record.ts";
import { type DatabaseFile, openDatabase } from "./open-database.ts";

const SCHEMA = {
  version: 1,
  statements:
    "CREATE TABLE ownership (shard TEXT PRIMARY KEY, bytes BLOB NOT NULL, crc INTEGER NOT NULL) STRICT",
};

/** Opens what a Region remembers of the ownership register. */
export function openSqliteKnownOwnership(options: DatabaseFile): KnownOwnership {
  const database = openDatabase(options, SCHEMA);
  const upsert = database.prepare(
    "INSERT INTO ownership VALUES (?1, ?2, ?3) ON CONFLICT (shard) DO UPDATE SET bytes = ?2, crc = ?3",
  );
  const known = new Map<ShardId, OwnershipRecord>();
  for (const row of database.prepare("SELECT shard, bytes, crc FROM ownership").all()) {
    const stored = { bytes: row.bytes as Uint8Array, crc: Number(row.crc) };
    const bytes = checkedBytes(stored, options.file, `the ownership of ${String(row.shard)}`);
    known.set(row.shard as ShardId, JSON.parse(Buffer.from(bytes).toString("utf8")) as OwnershipRecord);
  }
  let closed = false;
  return {
    record: (shard) => known.get(shard),
    remember: async (record) => {
      const bytes = Buffer.from(JSON.stringify(record));
      upsert.run(record.shard, bytes, checksumOf(bytes));
      known.set(record.shard, record);
    },
    close: async () => {
      if (!closed) database.close();
      closed = true;
    },
  };
}
