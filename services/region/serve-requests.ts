import { answerOf } from "#services/task/answer-of.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { TaskRequests } from "#shared/ports/task-requests.ts";
import { OperatedShard } from "./operated-shard.ts";
import { promoteShard } from "./promote-shard.ts";
import type { RegionCore } from "./region-core.ts";
import type { RegionStores } from "./region-stores.ts";

export interface ServedRegion {
  readonly core: RegionCore;
  readonly self: RegionId;
  readonly stores: RegionStores;
  readonly clock: Clock;
}

/** Does what other tasks of the Region ask of the one that folds: planned moves, snapshots, digests, replays. */
export function serveRequests(
  requests: Pick<TaskRequests, "serve">,
  { core, self, stores, clock }: ServedRegion,
): Promise<Subscription> {
  const folded = (shard: ShardId) => {
    const node = core.nodes.get(shard);
    const own = stores.shards.get(shard);
    assert(node !== undefined && own !== undefined, `the Region folds ${shard}`);
    return new OperatedShard({ self, node, stores: own, copies: stores.copies, clock });
  };
  return requests.serve([...core.nodes.keys()], {
    promote: (shard, { to }) => answerOf(() => promoteShard(core, shard, to)),
    takeSnapshot: (shard) =>
      answerOf(async () => {
        const { branch, seq, digest, bytes } = await folded(shard).takeSnapshot();
        return { branch, seq, digest, bytes: bytes.length };
      }),
    digests: (shard) => answerOf(async () => ({ live: folded(shard).digests() })),
    digestAt: (shard, { seq }) => answerOf(async () => (await folded(shard).digestAt(seq)) ?? null),
    replay: (shard) => answerOf(() => folded(shard).replay()),
  });
}
