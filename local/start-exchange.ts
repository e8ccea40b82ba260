import { OutboxQueue } from "#services/gateway/intake/outbox-queue.ts";
import type { RegionIntake } from "#services/gateway/intake/region-intake.ts";
import { ExchangeView } from "#services/gateway/views/exchange-view.ts";
import { ShardedProjections } from "#services/gateway/views/sharded-projections.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { Journal } from "#shared/ports/journal.ts";
import { startIntake } from "./start-intake.ts";
import { type RunningShard, type ShardsDependencies, startShards } from "./start-shards.ts";

/** Every shard at work, and what a gateway reads and writes of them. */
export interface RunningExchange {
  readonly shards: readonly RunningShard[];
  readonly view: ExchangeView;
  readonly projections: ShardedProjections;
  readonly journals: ReadonlyMap<ShardId, Journal>;
  readonly queue: OutboxQueue;
  readonly entry: RegionIntake;
  stop(): Promise<void>;
}

/** Starts every shard of the configuration in one Region. */
export async function startExchange(dependencies: ShardsDependencies): Promise<RunningExchange> {
  const { definitions, stores, clock, random, onFailure, regions, link: ownLink } = dependencies;
  const { shards, stop: stopShards } = await startShards(dependencies);
  const queue = await OutboxQueue.open(stores.outbox, clock);
  const views = shards.map((shard) => shard.view);
  const marketOrder = definitions.markets.map(({ id }) => id);
  const view = new ExchangeView(views, { marketOrder, waiting: queue });
  const tables = shards.map((shard) => [shard.view.shard, shard.stores.projections] as const);
  const { counters } = stores;
  const entry = startIntake({
    shards,
    link: regions.length > 1 ? ownLink : undefined,
    regionIndex: regions.indexOf(ownLink.self),
    view,
    queue,
    counters,
    clock,
    random,
    onFailure,
  });
  return {
    shards,
    view,
    projections: new ShardedProjections(new Map(tables), (market) => view.shardOf(market)?.shard),
    journals: new Map(shards.map((shard) => [shard.view.shard, shard.stores.journal])),
    queue,
    entry,
    stop: async () => {
      entry.stop();
      await stopShards();
    },
  };
}
