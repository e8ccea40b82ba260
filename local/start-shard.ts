import { LiveView } from "#services/gateway/views/live-view.ts";
import { rebuildView } from "#services/gateway/views/rebuild-view.ts";
import { definitionCommands } from "#services/matching/define-markets.ts";
import { MatchingService } from "#services/matching/matching-service.ts";
import { recoverFold } from "#services/matching/recover.ts";
import { type Projector, startProjector } from "#services/projector/projector.ts";
import { Tape } from "#services/replication/tape.ts";
import { FinalityWatermark } from "#services/replication/watermark.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import type { Definitions } from "#shared/config/definitions.ts";
import type { BranchId, RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Counters } from "#shared/ports/counters.ts";
import type { Random } from "#shared/ports/random.ts";
import { MINUTE_MS } from "#shared/read-model/candle-folder.ts";
import type { ShardStores } from "./open-stores.ts";
import { soloPlan } from "./solo-plan.ts";

/** A snapshot every so many commands or so often: what a restart folds again takes well under a second. */
const SNAPSHOT_POLICY = { commands: 50_000, intervalMs: 10 * MINUTE_MS };

export interface ShardDependencies {
  readonly definitions: Definitions;
  readonly shard: ShardId;
  readonly region: string;
  readonly stores: ShardStores;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly random: Random;
  readonly onFailure: (error: unknown) => void;
  /** A snapshot every so many commands; 50,000 where nothing is said. */
  readonly snapshotCommands?: number | undefined;
}

/** One shard at work: its fold, its projector and the view that the gateway reads. */
export interface RunningShard {
  readonly branch: BranchId;
  readonly matching: MatchingService;
  /** Follows the feed: whoever wants to hear of outcomes and find them in it listens to it. */
  readonly view: LiveView;
  readonly stores: ShardStores;
  readonly watermark: FinalityWatermark;
  stop(): Promise<void>;
}

/**
 * Brings the shard to the end of its log, to the configured markets and to the present time; then starts to publish. Recovery, tables and view are at
 * the same seq when it resolves, so nothing that was acknowledged before a crash is missing from any of them.
 */
export async function startShard(dependencies: ShardDependencies): Promise<RunningShard> {
  const { definitions, shard, stores, counters, clock, random, onFailure } = dependencies;
  const { log, copies, journal, snapshots, projections } = stores;
  const region = dependencies.region as RegionId;
  const mintBranch = () => `${region}.${counters.take("branch", 1)}` as BranchId;
  const plan = await soloPlan({ shard, region, log, mintBranch, random });
  const tape = new Tape({ shard, self: region, log, copies }, plan);
  const watermark = new FinalityWatermark({ shard, tape, regions: [region], copies });
  const finalSeq = () => watermark.finalSeq;
  const feed = createLocalOutcomeFeed();
  const matching = new MatchingService(await recoverFold({ tape, journal, snapshots }), {
    tape,
    log,
    journal,
    snapshots,
    feed,
    clock,
    random,
    snapshotPolicy: {
      ...SNAPSHOT_POLICY,
      commands: dependencies.snapshotCommands ?? SNAPSHOT_POLICY.commands,
    },
    finalSeq,
    onRecords: (places) => watermark.noteRecords(places),
    // Alone, a Region has nobody to compare with.
    onDigest: () => {},
    onFailure,
  });
  await matching.catchUp();
  const genesis = [
    { kind: "Tick", time: clock.now() } as const,
    ...definitionCommands(definitions, shard, matching.state()),
  ];
  for (const command of genesis) {
    assert(await matching.append(command), "the log takes the first commands of a start");
  }
  await matching.catchUp();

  const projector = await startProjector({
    shard,
    journal,
    snapshots,
    projections,
    clock,
    finalSeq,
    onFailure,
  });
  while (projections.position(shard) < matching.seq) {
    await new Promise<void>((resolve) => clock.schedule(2, resolve));
  }
  const sources = { shard, journal, snapshots, projections, clock };
  const rebuilt = await rebuildView(sources);
  assert(rebuilt.seq === matching.seq, "view and fold stand at the same seq");
  const view = new LiveView(rebuilt, feed, sources, onFailure);
  matching.run();
  return {
    branch: tape.ownBranch ?? matching.place.branch,
    matching,
    view,
    stores,
    watermark,
    stop: () => stopShard(matching, projector),
  };
}

async function stopShard(matching: MatchingService, projector: Projector): Promise<void> {
  await matching.stop();
  projector.stop();
}
