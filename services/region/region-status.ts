import type { RegionStatusSource } from "#services/gateway/regions/region-status-source.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { promoteShard } from "./promote-shard.ts";
import type { RegionCore } from "./region-core.ts";

/** What the gateway shows of Regions and ownership, from the parts that know it. */
export function regionStatus(
  core: RegionCore,
  self: RegionId,
  regions: readonly RegionId[],
): RegionStatusSource {
  return {
    self,
    regions: () => regions.map((region) => ({ region, ...core.contacts.of(region) })),
    ownershipOf: (shard) => {
      const lineage = core.nodes.get(shard)?.record?.lineage;
      const last = lineage?.at(-1);
      assert(
        lineage !== undefined && last !== undefined,
        `the ownership of ${shard} is known before it is shown`,
      );
      return { owner: last.owner, epoch: last.epoch, branch: last.branch, lineage };
    },
    lagMs: (shard) => {
      const silence = core.nodes.get(shard)?.ownerSilenceMs;
      return silence === undefined || !Number.isFinite(silence) ? undefined : Math.round(silence);
    },
    isReconciling: (shard) => core.nodes.get(shard)?.reconciler.isReconciling() === true,
    onChange: (listener) => {
      const subscriptions = [
        core.contacts.onChange(listener),
        ...[...core.nodes.values()].map((node) => node.route.onChange(listener)),
      ];
      return {
        cancel: () => {
          for (const subscription of subscriptions) subscription.cancel();
        },
      };
    },
    promote: (shard, to) => promoteShard(core, shard, to),
  };
}
