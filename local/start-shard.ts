import { createRegionView } from "#services/gateway/views/create-region-view.ts";
import type { RegionView } from "#services/gateway/views/region-view.ts";
import { definitionCommands } from "#services/matching/define-markets.ts";
import { MatchingService } from "#services/matching/matching-service.ts";
import { recoverEngine } from "#services/matching/recover.ts";
import { type Projector, startProjector } from "#services/projector/projector.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import type { Definitions } from "#shared/config/definitions.ts";
import type { BranchId, MarketId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Counters } from "#shared/ports/counters.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";
import type { CandleRow, TradeRow } from "#shared/ports/projections.ts";
import type { Random } from "#shared/ports/random.ts";
import { MINUTE_MS } from "#shared/read-model/candle-folder.ts";
import { readKnownRows } from "#shared/read-model/known-rows.ts";
import type { ShardStores } from "./open-stores.ts";

/** A snapshot every so many commands or so often: what a restart folds again takes well under a second. */
const SNAPSHOT_POLICY = { commands: 50_000, intervalMs: 10 * MINUTE_MS };
const DAY_MINUTES = 24 * 60;
const RECENT_TRADES = 1000;

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
  readonly matching: MatchingService;
  readonly view: RegionView;
  readonly feed: OutcomeFeed;
  readonly stores: ShardStores;
  stop(): Promise<void>;
}

/**
 * Brings the shard to the end of its log, to the configured markets and to the present time; then starts to publish. Recovery, tables and view are at
 * the same seq when it resolves, so nothing that was acknowledged before a crash is missing from any of them.
 */
export async function startShard(dependencies: ShardDependencies): Promise<RunningShard> {
  const { definitions, shard, region, stores, counters, clock, random, onFailure } = dependencies;
  const { log, journal, snapshots, projections } = stores;
  const mintBranch = () => `${region}.${counters.take("branch", 1)}` as BranchId;
  const recovered = await recoverEngine(shard, log, snapshots, mintBranch);
  const feed = createLocalOutcomeFeed();
  const matching = new MatchingService(recovered, {
    shard,
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

  const projector = await startProjector({ shard, journal, snapshots, projections, clock, onFailure });
  const view = await createView(matching, stores, clock, definitions);
  feed.subscribe((outcome) => view.apply(outcome));
  matching.run();
  return {
    matching,
    view,
    feed,
    stores,
    stop: () => stopShard(matching, projector),
  };
}

async function createView(
  matching: MatchingService,
  { projections }: ShardStores,
  clock: Clock,
  definitions: Definitions,
): Promise<RegionView> {
  const state = matching.state();
  while (projections.position(state.shard) < state.seq) {
    await new Promise<void>((resolve) => clock.schedule(2, resolve));
  }
  const trades = new Map<MarketId, readonly TradeRow[]>();
  const candles = new Map<MarketId, readonly CandleRow[]>();
  for (const { market } of state.markets) {
    const { id } = market;
    trades.set(id, await projections.trades({ market: id, limit: RECENT_TRADES }));
    const startTime = state.time - DAY_MINUTES * MINUTE_MS;
    candles.set(id, await projections.candles({ market: id, startTime, limit: DAY_MINUTES + 1 }));
  }
  const known = await readKnownRows(state, projections);
  const marketOrder = definitions.markets.map(({ id }) => id);
  return createRegionView({ state, trades, candles, known, marketOrder });
}

async function stopShard(matching: MatchingService, projector: Projector): Promise<void> {
  await matching.stop();
  projector.stop();
}
