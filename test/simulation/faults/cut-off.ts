import type { RegionId } from "#shared/domain/ids.ts";
import type { Cluster } from "#test/simulation/cluster.ts";

/** Cuts a Region off from all others; gives what mends it. */
export function cutOff({ regions, network }: Cluster, alone: RegionId): () => void {
  const others = regions.filter((region) => region !== alone);
  for (const other of others) {
    network.cut(alone, other);
    network.cut(other, alone);
  }
  return () => {
    for (const other of others) {
      network.mend(alone, other);
      network.mend(other, alone);
    }
  };
}
