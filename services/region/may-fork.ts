import type { Definitions } from "#shared/config/definitions.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord, TapePlace } from "#shared/domain/lineage.ts";

/** Some market of the shard matches on by itself, and there is a canonical state to match from. */
export function mayFork(
  { shards, markets }: Definitions,
  shard: ShardId,
  { seq, branch }: TapePlace,
  record: OwnershipRecord | undefined,
): boolean {
  if (seq === 0 || record?.lineage.some((span) => span.branch === branch) !== true) return false;
  const own = shards.find(({ id }) => id === shard)?.markets ?? [];
  return markets.some(({ id, partitionPolicy }) => partitionPolicy === "match-locally" && own.includes(id));
}
