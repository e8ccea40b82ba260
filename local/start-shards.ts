import { LiveView } from "#services/gateway/views/live-view.ts";
import { rebuildView } from "#services/gateway/views/rebuild-view.ts";
import type { SnapshotPolicy } from "#services/matching/snapshot-policy.ts";
import type { ZoneHub } from "#services/matching/zones/zone-hub.ts";
import { ZonedMatching } from "#services/matching/zones/zoned-matching.ts";
import { finalOnTape } from "#services/projector/final-on-tape.ts";
import { RenewableProjector } from "#services/projector/renewable-projector.ts";
import type { CreateMatching } from "#services/region/open-shard.ts";
import { RegionCore } from "#services/region/region-core.ts";
import type { ShardNode } from "#services/region/shard-node.ts";
import type { Timing } from "#services/region/timing.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import type { Definitions } from "#shared/config/definitions.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert, InvariantViolation } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";
import type { Random } from "#shared/ports/random.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { ShardStores, Stores } from "#shared/ports/stores.ts";
import { MINUTE_MS } from "#shared/read-model/candle-folder.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";

/** What is folded again after a restart, or where a tape goes back, takes a fraction of a second: 50,000 commands took each of facts, tables and views more than one, of each shard. */
const SNAPSHOT_POLICY: SnapshotPolicy = {
  commandsMin: 2000,
  commandsMax: 50_000,
  intervalMs: 10 * MINUTE_MS,
};
const LOOK_MS = 5;

export interface ShardsDependencies {
  readonly definitions: Definitions;
  /** All Regions of the installation. */
  readonly regions: readonly RegionId[];
  /** Also says which Region this is. */
  readonly link: RegionLink;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly random: Random;
  readonly timing: Timing;
  readonly onFailure: (error: unknown) => void;
  /** Two Regions folded the same commands to different states. */
  readonly onDivergence: (shard: ShardId) => void;
  /** Where matching zones come to; without it the folds are in this process. */
  readonly hub?: ZoneHub | undefined;
  /** A snapshot every so many commands; 50,000 where nothing is said. */
  readonly snapshotCommands?: number | undefined;
  readonly tracing?: Tracing | undefined;
}

/** One shard at work in this Region: its parts, its projector and the view that the gateway reads. */
export interface RunningShard {
  readonly node: ShardNode;
  /** Follows the feed: whoever wants to hear of outcomes and find them in it listens to it. */
  readonly view: LiveView;
  readonly stores: ShardStores;
  /** Makes its tables anew from the journal; resolves when they stand in place of the old ones. One at a time: `undefined` while another one runs. */
  rebuildProjections(): Promise<{ readonly seq: number } | undefined>;
}

export interface RunningShards {
  readonly core: RegionCore;
  readonly shards: readonly RunningShard[];
  stop(): Promise<void>;
}

/**
 * Starts every shard of the configuration in this Region. Recovery, tables and view are at the same seq before anything is published, so nothing that was acknowledged before a crash is missing from any of
 * them. Resolves when every market of the configuration is known here.
 */
export async function startShards(dependencies: ShardsDependencies): Promise<RunningShards> {
  const { definitions, stores, clock, random, onFailure, regions, link, timing, hub, snapshotCommands } =
    dependencies;
  const feeds = new Map(definitions.shards.map(({ id }) => [id, createLocalOutcomeFeed()]));
  const core = await RegionCore.open({
    regions,
    definitions,
    homes: new Map(definitions.shards.map(({ id, home }) => [id, regions.includes(home) ? home : link.self])),
    link,
    stores,
    feedOf: (shard) => feedOf(feeds, shard),
    clock,
    random,
    timing,
    snapshotPolicy:
      snapshotCommands === undefined
        ? SNAPSHOT_POLICY
        : { ...SNAPSHOT_POLICY, commandsMin: snapshotCommands, commandsMax: snapshotCommands },
    createMatching: hub === undefined ? undefined : inZones(hub, onFailure),
    onFailure,
    onDivergence: dependencies.onDivergence,
    tracing: dependencies.tracing,
  });
  const projectors: RenewableProjector[] = [];
  const stop = async () => {
    await core.stop();
    await core.saveLast();
    for (const projector of projectors) projector.stop();
  };
  try {
    const shards: RunningShard[] = [];
    for (const node of core.nodes.values()) {
      const own = stores.shards.get(node.shard);
      assert(own !== undefined, `the stores of ${node.shard} are open`);
      const sources = { shard: node.shard, ...own, clock };
      const projector = await RenewableProjector.start({
        ...sources,
        finalSeq: () => finalOnTape(own.journal.branches(), node.tape.segments, node.watermark.finalSeq),
        onFailure,
        tracing: dependencies.tracing,
      });
      projectors.push(projector);
      await until(clock, () => own.projections.position(node.shard) >= node.matching.seq);
      const rebuilt = await rebuildView(sources);
      assert(rebuilt.seq === node.matching.seq, "view and fold stand at the same seq");
      const view = new LiveView(
        rebuilt,
        feedOf(feeds, node.shard),
        sources,
        onFailure,
        () => node.unsureAfter,
      );
      shards.push({ node, view, stores: own, rebuildProjections: () => projector.renew() });
    }
    core.start();
    for (const { id, markets } of definitions.shards) {
      const shard = shards.find(({ node }) => node.shard === id);
      await until(clock, () => markets.every((market) => shard?.view.market(market) !== undefined));
    }
    return { core, shards, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Two zones that fold the same commands to different states end the Region: one of them would go on publishing what is wrong. */
function inZones(hub: ZoneHub, onFailure: (error: unknown) => void): CreateMatching {
  return (recovered, dependencies) =>
    new ZonedMatching(recovered, {
      ...dependencies,
      hub,
      onDivergence: ({ branch, seq, zones }) =>
        onFailure(
          new InvariantViolation(
            `tape divergence: zones ${zones.join(" and ")} fold seq ${seq} of ${branch} to different states`,
          ),
        ),
    });
}

function feedOf(feeds: ReadonlyMap<ShardId, OutcomeFeed>, shard: ShardId): OutcomeFeed {
  const feed = feeds.get(shard);
  assert(feed !== undefined, `there is a feed of ${shard}`);
  return feed;
}

async function until(clock: Clock, condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
}
