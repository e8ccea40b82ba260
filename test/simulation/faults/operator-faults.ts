import type { Fault } from "./fault.ts";

/** What an operator does in the middle of it all. */
export const OPERATOR_FAULTS: readonly Fault[] = [
  {
    name: "a shard is moved",
    weight: 6,
    leastRegions: 2,
    begin: ({ cluster, random, shards }) => {
      const shard = random.pick(shards);
      const to = random.pick(cluster.regions);
      for (const process of cluster.processes) void process.promote(shard, to);
      return { where: `${shard} to ${to}`, end: () => {} };
    },
  },
];
