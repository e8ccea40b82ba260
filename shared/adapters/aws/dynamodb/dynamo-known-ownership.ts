import type { ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { KnownOwnership } from "#shared/ports/known-ownership.ts";
import { checkedBytes, withChecksum } from "./checked-bytes.ts";
import type { Dynamo } from "./dynamo.ts";

export interface DynamoKnownOwnershipOptions {
  readonly dynamo: Dynamo;
  readonly shards: readonly ShardId[];
}

/** Opens what a Region remembers of the ownership register. Of several tasks that read it the one that read last in the register's order wins. */
export async function openDynamoKnownOwnership({
  dynamo,
  shards,
}: DynamoKnownOwnershipOptions): Promise<KnownOwnership> {
  const known = new Map<ShardId, OwnershipRecord>();
  const load = async (shard: ShardId) => {
    const row = await dynamo.get("memory", { pk: keyOf(shard) });
    if (row === undefined) return;
    const bytes = checkedBytes(row, `the ownership of ${shard}`);
    known.set(shard, JSON.parse(new TextDecoder().decode(bytes)) as OwnershipRecord);
  };
  await Promise.all(shards.map(load));
  return {
    record: (shard) => known.get(shard),
    remember: async (record) => {
      const { shard, renewal, lineage } = record;
      const epoch = lineage.at(-1)?.epoch ?? 0;
      const bytes = new TextEncoder().encode(JSON.stringify(record));
      await dynamo.put(
        "memory",
        { pk: keyOf(shard), epoch, renewal, ...withChecksum(bytes) },
        {
          expression:
            "attribute_not_exists(#pk) OR #epoch < :epoch OR (#epoch = :epoch AND #renewal <= :renewal)",
          values: { epoch, renewal },
        },
      );
      known.set(shard, record);
    },
    close: async () => {},
  };
}

function keyOf(shard: ShardId): string {
  return `OWNERSHIP#${shard}`;
}
