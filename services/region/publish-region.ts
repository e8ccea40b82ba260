import { startMarketFeed } from "#services/market-feed/start-market-feed.ts";
import type { MarketOf } from "#services/publisher/bus-messages.ts";
import type { BusPublisher } from "#services/publisher/bus-publisher.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { BusPositions } from "#shared/ports/bus-positions.ts";
import type { EventBus } from "#shared/ports/event-bus.ts";
import type { FeedStands, MarketFeed } from "#shared/ports/market-feed.ts";
import type { StateBoard } from "#shared/ports/state-board.ts";
import type { TaskRequests } from "#shared/ports/task-requests.ts";
import type { Log } from "#shared/telemetry/log.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { observeLeases } from "./observe-leases.ts";
import { publishEvents } from "./publish-events.ts";
import { RegionCore, type RegionDependencies } from "./region-core.ts";
import { serveRequests } from "./serve-requests.ts";
import { StateTeller } from "./state-teller.ts";

export interface PublishedRegion extends RegionDependencies {
  readonly board: StateBoard;
  /** This task, by a name that no other has. */
  readonly publisher: string;
  readonly bus: EventBus;
  readonly positions: BusPositions;
  readonly marketOf: MarketOf;
  /** Where trades and book changes go for consumers outside; nowhere without it. */
  readonly marketFeed?: { readonly feed: MarketFeed; readonly stands: FeedStands } | undefined;
  /** What other tasks of the Region ask for. */
  readonly requests: Pick<TaskRequests, "serve">;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface RunningPublisher {
  readonly core: RegionCore;
  stop(): Promise<void>;
}

/**
 * Folds a Region's shards and tells everybody: outcomes and states the Region's gateways, events the bus, trades the market feed; and owns what the Region owns. One task of a Region does it at a
 * time; that two do for a moment is met by the stores.
 */
export async function publishRegion(dependencies: PublishedRegion): Promise<RunningPublisher> {
  const { stores, link, regions, board, publisher, clock, log, metrics, onFailure, marketFeed, requests } =
    dependencies;
  const core = await RegionCore.open(dependencies);
  core.start();
  const teller = new StateTeller({ core, self: link.self, regions, board, publisher, clock });
  const asked = await serveRequests(requests, { core, self: link.self, stores, clock });
  const publishers: BusPublisher[] = [];
  const journalOf = (shard: ShardId) => {
    const own = stores.shards.get(shard);
    assert(own !== undefined, `the stores of ${shard} are open`);
    return own.journal;
  };
  for (const node of core.nodes.values())
    publishers.push(await publishEvents(node, journalOf(node.shard), dependencies));
  const journals = new Map([...core.nodes.keys()].map((shard) => [shard, journalOf(shard)]));
  const feed =
    marketFeed === undefined
      ? undefined
      : await startMarketFeed({ ...marketFeed, journals, clock, log, onFailure });
  observeLeases(core.nodes, metrics);
  const ofShards = (read: (shard: ShardId) => number) =>
    [...core.nodes.keys()].map((shard) => ({ value: read(shard), labels: { shard } }));
  metrics.observe("meridian_folded_seq", () => ofShards((shard) => core.nodes.get(shard)?.matching.seq ?? 0));
  metrics.observe("meridian_unjournaled_seconds", () =>
    ofShards((shard) => (core.nodes.get(shard)?.matching.unjournaled.ageMs ?? 0) / 1000),
  );
  return {
    core,
    stop: async () => {
      asked.cancel();
      teller.stop();
      for (const each of publishers) each.stop();
      await feed?.stop();
      await core.stop();
    },
  };
}
