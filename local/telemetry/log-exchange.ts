import type { ReconciliationFeed } from "#services/gateway/reconciliations/reconciliation-feed.ts";
import type { ShardNode } from "#services/region/shard-node.ts";
import type { Log } from "#shared/telemetry/log.ts";

export interface LoggedExchange {
  readonly shards: readonly { readonly node: ShardNode }[];
  readonly reconciliations: ReconciliationFeed;
}

/** Says where the shards' commands go whenever that changes, and what became of forks. */
export function logExchange({ shards, reconciliations }: LoggedExchange, log: Log): void {
  for (const { node } of shards) {
    let told = "";
    const tell = () => {
      const { kind: route } = node.route.state();
      if (route === told) return;
      const { branch, seq } = node.matching.place;
      const current = node.record?.lineage.at(-1);
      const fields = { shard: node.shard, branch, seq, epoch: current?.epoch, owner: current?.owner, route };
      // The first is how it begins, and no change.
      if (told !== "" && (route === "fork" || route === "unreachable")) log.warn(fields, "route-changed");
      else log.info(fields, "route-changed");
      told = route;
    };
    tell();
    node.route.onChange(tell);
  }
  reconciliations.onTold(({ fork, shard, state, fills }) => {
    if (state !== "reconciled") return;
    const conflicted = fills.filter((fill) => fill.conflicted > 0).length;
    const fields = { shard, fork, conflicted };
    if (conflicted > 0) log.warn(fields, "fork-reconciled");
    else log.info(fields, "fork-reconciled");
  });
}
