import { LogOrderEntry } from "#services/gateway/log-order-entry.ts";
import { createOrderIds } from "#services/gateway/order-ids.ts";
import { definitionCommands } from "#services/matching/define-markets.ts";
import { MatchingService } from "#services/matching/matching-service.ts";
import { recoverEngine } from "#services/matching/recover.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { RegionStarter } from "#test/simulation/cluster.ts";
import type { SimulatedRegion } from "#test/simulation/simulated-region.ts";
import { openSimulatedCommandLog } from "#test/simulation/storage/simulated-command-log.ts";
import { openSimulatedCounters } from "#test/simulation/storage/simulated-counters.ts";
import { openSimulatedJournal } from "#test/simulation/storage/simulated-journal.ts";
import { openSimulatedSnapshotStore } from "#test/simulation/storage/simulated-snapshot-store.ts";

/** A Region by itself with one shard: log, matching, journal, snapshots and order entry of production, without the parts that join Regions. */
export const startSingleRegion: RegionStarter = async (around) => {
  const { region, definitions, scenario, clock, random, disk, life, listener, onFailure } = around;
  const shard = definitions.shards[0]?.id;
  assert(shard !== undefined, "a scenario has a shard");
  const { gapPerMille, snapshotCommands } = scenario;
  const log = openSimulatedCommandLog(disk, shard, life, { gapPerMille, onFailure });
  const journal = openSimulatedJournal(disk, shard, life);
  const snapshots = openSimulatedSnapshotStore(disk, shard, life);
  const counters = openSimulatedCounters(disk, region);
  const feed = createLocalOutcomeFeed();
  const mintBranch = () => `${region}.${counters.take("branch", 1)}` as BranchId;
  const recovered = await recoverEngine(shard, log, snapshots, mintBranch);
  const matching = new MatchingService(recovered, {
    shard,
    log,
    journal,
    snapshots,
    feed,
    clock,
    random,
    snapshotPolicy: { commands: snapshotCommands, intervalMs: 600_000 },
    onFailure,
  });
  await matching.catchUp();
  await matching.append({ kind: "Tick", time: clock.now() });
  for (const command of definitionCommands(definitions, shard, matching.state())) await matching.append(command);
  await matching.catchUp();
  const entry = new LogOrderEntry({
    branch: matching.branch,
    log,
    journal,
    feed,
    clock,
    random,
    mintOrderId: createOrderIds(counters, 0, 0),
    validityMs: 60_000,
    timeoutMs: 5000,
    maxWaiting: 1000,
  });
  listener.began(region, shard, matching.seq as Seq);
  feed.subscribe((outcome) => listener.outcome(region, outcome));
  matching.run();
  return {
    region,
    mintOrderId: () => entry.mintOrderId(),
    submit: async (_shard, commandId, command) => {
      const submission = await entry.submit(commandId, command);
      if (submission.ok)
        return { kind: "outcome", outcome: submission.outcome, repeated: submission.repeated, provisional: false };
      return submission.error === "unknown" ? { kind: "unknown" } : { kind: "refused", why: submission.error };
    },
    promote: async () => false,
    standOf: (asked: ShardId) =>
      asked === shard
        ? {
            branch: matching.branch,
            seq: matching.seq as Seq,
            provisional: false,
            digest: () => matching.digest(),
            state: () => matching.state(),
          }
        : undefined,
    tapeOf: () => wholeTape((after) => journal.read(after, 1000)),
    unfinished: () => [],
  } satisfies SimulatedRegion;
};

async function wholeTape(read: (after: number) => Promise<readonly Outcome[]>): Promise<readonly Outcome[]> {
  const tape: Outcome[] = [];
  for (;;) {
    const more = await read(tape.at(-1)?.seq ?? 0);
    if (more.length === 0) return tape;
    tape.push(...more);
  }
}
