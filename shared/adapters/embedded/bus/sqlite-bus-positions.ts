import type { DatabaseSync } from "node:sqlite";
import type { ShardId } from "#shared/domain/ids.ts";
import type { BusPositions } from "#shared/ports/bus-positions.ts";

/** How far each shard was handed over, in the bus's own file; closed with it. */
export function openSqliteBusPositions(database: DatabaseSync): BusPositions {
  const select = database.prepare("SELECT seq FROM positions WHERE shard = ?");
  const upsert = database.prepare(
    "INSERT INTO positions (shard, seq) VALUES (?, ?) ON CONFLICT (shard) DO UPDATE SET seq = max(seq, excluded.seq)",
  );
  return {
    position: async (shard: ShardId) => Number(select.get(shard)?.seq ?? 0),
    advance: async (shard: ShardId, seq: number) => {
      upsert.run(shard, seq);
    },
    close: async () => {},
  };
}
