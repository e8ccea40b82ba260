import { type MoverShard, TransferMover } from "#services/funding/mover.ts";
import { onTransfer } from "#services/funding/on-transfer.ts";
import { OutboxQueue } from "#services/gateway/intake/outbox-queue.ts";
import type { RegionIntake } from "#services/gateway/intake/region-intake.ts";
import type { ReconciliationFeed } from "#services/gateway/reconciliations/reconciliation-feed.ts";
import { ExchangeStatus } from "#services/gateway/regions/exchange-status.ts";
import type { ShardFinality } from "#services/gateway/regions/region-status-source.ts";
import { ExchangeView } from "#services/gateway/views/exchange-view.ts";
import { ShardedProjections } from "#services/gateway/views/sharded-projections.ts";
import { regionStatus } from "#services/region/region-status.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { startIntake } from "./start-intake.ts";
import { startRecorders } from "./start-recorders.ts";
import { type RunningShard, type ShardsDependencies, startShards } from "./start-shards.ts";
import { measureExchange } from "./telemetry/measure-exchange.ts";

export interface ExchangeDependencies extends ShardsDependencies {
  readonly metrics?: Metrics | undefined;
}

/** Every shard at work, and what a gateway reads and writes of them. */
export interface RunningExchange {
  readonly shards: readonly RunningShard[];
  readonly view: ExchangeView;
  readonly projections: ShardedProjections;
  readonly journals: ReadonlyMap<ShardId, Journal>;
  readonly queue: OutboxQueue;
  readonly entry: RegionIntake;
  readonly finality: ReadonlyMap<ShardId, ShardFinality>;
  readonly status: ExchangeStatus;
  readonly reconciliations: ReconciliationFeed;
  stop(): Promise<void>;
}

/** Starts every shard of the configuration in one Region. */
export async function startExchange(dependencies: ExchangeDependencies): Promise<RunningExchange> {
  const { metrics, definitions, stores, clock, random, onFailure, regions, link: ownLink } = dependencies;
  const { shards, core, stop: stopShards } = await startShards(dependencies);
  const queue = await OutboxQueue.open(stores.outbox, clock);
  const views = shards.map((shard) => shard.view);
  const marketOrder = definitions.markets.map(({ id }) => id);
  const view = new ExchangeView(views, { marketOrder, waiting: queue });
  const tables = shards.map((shard) => [shard.view.shard, shard.stores] as const);
  const { counters } = stores;
  const entry = startIntake({
    shards,
    contacts: core.contacts,
    link: regions.length > 1 ? ownLink : undefined,
    regionIndex: regions.indexOf(ownLink.self),
    view,
    queue,
    counters,
    clock,
    random,
    metrics,
    tracing: dependencies.tracing,
    onFailure,
  });
  const mover = new TransferMover({ shards: shards.map((shard) => moverShard(shard, entry)), clock });
  const finality = new Map(shards.map(({ node }) => [node.shard, node.watermark]));
  const source = regionStatus(core, ownLink.self, regions);
  const status = new ExchangeStatus({ source, view, intakeOf: (shard) => entry.status(shard), finality });
  const recorders = startRecorders({ shards, store: stores.reconciliations, clock, onFailure });
  if (metrics !== undefined)
    measureExchange({ shards, status, reconciliations: recorders.feed, clock }, metrics);
  return {
    shards,
    view,
    finality,
    status,
    reconciliations: recorders.feed,
    projections: new ShardedProjections(new Map(tables), (market) => view.shardOf(market)?.shard),
    journals: new Map(shards.map((shard) => [shard.view.shard, shard.stores.journal])),
    queue,
    entry,
    stop: async () => {
      recorders.stop();
      mover.stop();
      entry.stop();
      await stopShards();
    },
  };
}

/** A shard as the mover of transfers needs it, in the Region that owns it. */
function moverShard({ view, node }: RunningShard, entry: RegionIntake): MoverShard {
  return {
    shard: view.shard,
    isOwned: () => node.route.state().kind === "own" && !node.isProvisional,
    transfersInFlight: () => view.transfersInFlight(),
    creditedAt: (transferId) => view.creditedAt(transferId),
    asset: (id) => view.asset(id),
    finalSeq: () => node.watermark.finalSeq,
    append: (commandId, command) => entry.append(view.shard, commandId, command),
    onTransfer: (listener) => onTransfer(view, listener),
    onFinal: (listener) => node.watermark.onAdvance(listener),
  };
}
