import type { RegionStatusSource } from "#services/gateway/regions/region-status-source.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { LineageSpan } from "#shared/domain/lineage.ts";

/** A Region that has no others: it owns every shard, and nothing can be moved. */
export function soloStatus(
  self: RegionId,
  lineages: ReadonlyMap<ShardId, readonly LineageSpan[]>,
): RegionStatusSource {
  return {
    self,
    regions: () => [{ region: self, isUp: true, roundTripMs: 0 }],
    ownershipOf: (shard) => {
      const lineage = lineages.get(shard);
      const last = lineage?.at(-1);
      assert(lineage !== undefined && last !== undefined, `${shard} has a lineage`);
      return { owner: last.owner, epoch: last.epoch, branch: last.branch, lineage };
    },
    lagMs: () => 0,
    isReconciling: () => false,
    onChange: () => ({ cancel: () => {} }),
    promote: async (shard, to) => (lineages.has(shard) && to === self ? "done" : "refused"),
  };
}
