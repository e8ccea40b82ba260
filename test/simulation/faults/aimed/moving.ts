import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Cluster } from "#test/simulation/cluster.ts";

/** The Region whose own log takes a shard's commands, as it sees it; `undefined` while none does. */
export function ownerOf(cluster: Cluster, shard: ShardId): RegionId | undefined {
  return cluster.processes.find((process) => process.owns(shard))?.region;
}

/** The operator moves a shard: whoever owns it is asked, and any other has nothing to do with it. */
export function move(cluster: Cluster, shard: ShardId, to: RegionId): void {
  for (const process of cluster.processes) if (process.owns(shard)) void process.promote(shard, to);
}
