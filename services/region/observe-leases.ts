import type { ShardId } from "#shared/domain/ids.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import type { ShardNode } from "./shard-node.ts";

/** Shows how old the leases of a Region's own shards are, whenever somebody scrapes. */
export function observeLeases(nodes: ReadonlyMap<ShardId, ShardNode>, metrics: Metrics): void {
  metrics.observe("meridian_lease_age_seconds", () =>
    [...nodes].flatMap(([shard, { ownership }]) => {
      const { leaseAgeMs } = ownership;
      return leaseAgeMs === undefined ? [] : [{ value: leaseAgeMs / 1000, labels: { shard } }];
    }),
  );
}
