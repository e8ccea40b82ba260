import type { ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { KnownOwnership } from "#shared/ports/known-ownership.ts";
import { copied } from "#test/simulation/network/copied.ts";
import type { Life } from "#test/simulation/process/life.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

/** The last records of the register that a Region read, on a simulated disk. */
export function openSimulatedKnownOwnership(disk: SimulatedDisk, name: string, life: Life): KnownOwnership {
  const file = disk.file(`known ownership ${name}`, () => new Map<ShardId, OwnershipRecord>());
  const commits = disk.commits("known ownership", name, life);
  return {
    record: (shard) => file.get(shard),
    remember: (record) => {
      const copy = copied(record);
      return commits.write(() => void file.set(copy.shard, copy));
    },
    close: async () => commits.flush(),
  };
}
