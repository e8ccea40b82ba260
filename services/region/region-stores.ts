import type { FoldedShardStores, FoldStores } from "#shared/ports/stores.ts";

/** What one shard keeps in a Region. */
export type ShardStores = FoldedShardStores;

/** What the shards of a Region share. */
export type RegionStores = Omit<FoldStores, "close">;
