import { assert } from "#shared/domain/invariant.ts";
import type { Stores } from "./open-stores.ts";
import { type RunningShard, type ShardDependencies, startShard } from "./start-shard.ts";

export type ShardsDependencies = Omit<ShardDependencies, "shard" | "stores" | "counters"> & {
  readonly stores: Stores;
};

/** Starts every shard of the configuration, in its order. Those that were started are stopped if one cannot be. */
export async function startShards(dependencies: ShardsDependencies): Promise<readonly RunningShard[]> {
  const { definitions, stores } = dependencies;
  const running: RunningShard[] = [];
  try {
    for (const { id } of definitions.shards) {
      const own = stores.shards.get(id);
      assert(own !== undefined, `the stores of ${id} are open`);
      running.push(await startShard({ ...dependencies, shard: id, stores: own, counters: stores.counters }));
    }
    return running;
  } catch (error) {
    for (const shard of running) await shard.stop();
    throw error;
  }
}
