import type { OutboxQueue } from "#services/gateway/intake/outbox-queue.ts";
import {
  NotNow,
  type OperatedPlatform,
  type ShardWaiting,
} from "#services/gateway/operators/operated-platform.ts";
import { OperatedShard } from "#services/region/operated-shard.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import { isRenewable } from "#shared/ports/projections.ts";
import type { RunningEvents } from "../start-events.ts";
import type { RunningShard } from "../start-shards.ts";

export interface OperatedRegionSources {
  readonly self: RegionId;
  readonly shards: readonly RunningShard[];
  readonly copies: LogCopies;
  readonly queue: OutboxQueue;
  readonly events: RunningEvents | undefined;
  readonly clock: Clock;
}

/** An embedded Region as its operators see it. */
export function operatedRegion(sources: OperatedRegionSources): OperatedPlatform {
  const { self, shards, copies, queue, events, clock } = sources;
  const shardOf = (id: ShardId): RunningShard => {
    const shard = shards.find(({ node }) => node.shard === id);
    assert(shard !== undefined, `the Region has the shard ${id}`);
    return shard;
  };
  const folded = (id: ShardId) => new OperatedShard({ ...shardOf(id), self, copies, clock });

  return {
    shards: shards.map(({ node }) => node.shard),
    queues: events?.queues ?? [],
    backlog: (consumer) => busOf(events).backlog(consumer),
    redrive: (consumer, limit) => busOf(events).redrive(consumer, limit),
    waiting: async () => shards.map((shard) => waitingOf(shard, queue, clock)),
    snapshots: (id) => shardOf(id).stores.snapshots.list(id),
    takeSnapshot: async (id) => {
      const { branch, seq, digest, bytes } = await folded(id).takeSnapshot();
      return { branch, seq, digest, bytes: bytes.length };
    },
    foldedSeq: (id) => folded(id).foldedSeq,
    digests: async (id) => folded(id).digests(),
    digestAt: (id, seq) => folded(id).digestAt(seq),
    replay: (id) => folded(id).replay(),
    rebuildProjections: async (id) => {
      const { stores, rebuildProjections } = shardOf(id);
      if (!isRenewable(stores.projections))
        throw new NotNow("the tables of this store are not made anew beside the old ones");
      const rebuilt = await rebuildProjections();
      if (rebuilt === undefined) throw new NotNow("the tables are being made anew already");
      return rebuilt;
    },
    checkLedger: async () => {
      if (events === undefined) throw new NotNow("this Region keeps no ledger");
      const seqs = new Map<ShardId, number>();
      for (const { node } of shards) seqs.set(node.shard, (await folded(node.shard).takeSnapshot()).seq);
      const checks = await events.checkThrough(seqs);
      if (checks === undefined)
        throw new NotNow("the ledger has not heard of everything yet, or is not open");
      return checks;
    },
  };
}

function busOf(events: RunningEvents | undefined): RunningEvents["bus"] {
  assert(events !== undefined, "a Region that names queues has a bus");
  return events.bus;
}

function waitingOf({ node }: RunningShard, queue: OutboxQueue, clock: Clock): ShardWaiting {
  const pending = queue.pending(node.shard);
  const [oldest] = pending;
  const { count, ageMs } = node.matching.unjournaled;
  return {
    shard: node.shard,
    outbox: {
      waiting: pending.length,
      ...(oldest === undefined ? {} : { oldestMs: Math.max(0, clock.now() - oldest.queuedAt) }),
    },
    journal: { waiting: count, ...(count === 0 ? {} : { oldestMs: Math.round(ageMs) }) },
  };
}
