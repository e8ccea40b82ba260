import type { OutboxQueue } from "#services/gateway/intake/outbox-queue.ts";
import {
  NotNow,
  type OperatedPlatform,
  type ShardWaiting,
} from "#services/gateway/operators/operated-platform.ts";
import { foldTo } from "#services/region/fold-to.ts";
import { replayTape } from "#services/region/replay-tape.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import { isRenewable } from "#shared/ports/projections.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
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

/** A zone gives its state within this time, or is not there. */
const SNAPSHOT_MS = 10_000;
const DIGESTS_SHOWN = 64;
const NO_ZONE = "no zone gives its state";

/** An embedded Region as its operators see it. */
export function operatedRegion(sources: OperatedRegionSources): OperatedPlatform {
  const { self, shards, copies, queue, events, clock } = sources;
  const shardOf = (id: ShardId): RunningShard => {
    const shard = shards.find(({ node }) => node.shard === id);
    assert(shard !== undefined, `the Region has the shard ${id}`);
    return shard;
  };
  const tapeSources = ({ node, stores }: RunningShard) => ({
    shard: node.shard,
    self,
    log: stores.log,
    copies,
  });
  const takeSnapshot = (id: ShardId) => newSnapshot(shardOf(id), clock);

  return {
    shards: shards.map(({ node }) => node.shard),
    queues: events?.queues ?? [],
    backlog: (consumer) => busOf(events).backlog(consumer),
    redrive: (consumer, limit) => busOf(events).redrive(consumer, limit),
    waiting: async () => shards.map((shard) => waitingOf(shard, queue, clock)),
    snapshots: (id) => shardOf(id).stores.snapshots.list(id),
    takeSnapshot,
    foldedSeq: (id) => shardOf(id).node.matching.seq,
    digests: (id) => shardOf(id).node.digests.newest(DIGESTS_SHOWN),
    digestAt: async (id, seq) => {
      const shard = shardOf(id);
      const { node, stores } = shard;
      if (seq > node.matching.seq) return undefined;
      const fold = await foldTo(
        tapeSources(shard),
        stores.snapshots,
        node.record?.lineage ?? [],
        seq,
        nextTurn(clock),
      );
      if (fold === undefined) return undefined;
      return { branch: fold.place.branch, seq, digest: fold.engine.digest() };
    },
    replay: async (id) => {
      const shard = shardOf(id);
      const snapshot = await takeSnapshot(id);
      const lineage = shard.node.record?.lineage ?? [];
      const replay = await replayTape(tapeSources(shard), lineage, snapshot, clock);
      if (replay === undefined)
        throw new NotNow("the Region stands in a fork, or its log does not reach back");
      return replay;
    },
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
      for (const { node } of shards) seqs.set(node.shard, (await takeSnapshot(node.shard)).seq);
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

async function newSnapshot({ node, stores }: RunningShard, clock: Clock): Promise<Snapshot> {
  const wanted = node.matching.seq;
  let timer: { cancel(): void } | undefined;
  const isOver = new Promise<void>((resolve) => {
    timer = clock.schedule(SNAPSHOT_MS, resolve);
  });
  await Promise.race([node.matching.takeSnapshot(), isOver]);
  timer?.cancel();
  const [newest] = await stores.snapshots.list(node.shard);
  if (newest === undefined || newest.seq < wanted) throw new NotNow(NO_ZONE);
  return newest;
}

function nextTurn(clock: Clock): () => Promise<void> {
  return () => new Promise((resolve) => clock.schedule(0, resolve));
}
