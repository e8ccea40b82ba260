import { type MoverShard, TransferMover } from "#services/funding/mover.ts";
import { onTransfer } from "#services/funding/on-transfer.ts";
import type { MarketId, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Counters } from "#shared/ports/counters.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Outbox } from "#shared/ports/outbox.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import { OutboxQueue } from "../intake/outbox-queue.ts";
import type { RegionIntake } from "../intake/region-intake.ts";
import type { ReconciliationFeed } from "../reconciliations/reconciliation-feed.ts";
import { ExchangeStatus } from "../regions/exchange-status.ts";
import type { RegionStatusSource, ShardFinality } from "../regions/region-status-source.ts";
import { measureReconciliations } from "../telemetry/measure-reconciliations.ts";
import { measureView } from "../telemetry/measure-view.ts";
import { observeStatus } from "../telemetry/observe-status.ts";
import { ExchangeView } from "../views/exchange-view.ts";
import { ShardedProjections } from "../views/sharded-projections.ts";
import type { GatewayShard } from "./gateway-shard.ts";
import { openIntake } from "./open-intake.ts";

export interface ExchangeDependencies {
  readonly shards: readonly GatewayShard[];
  /** How markets are listed. */
  readonly marketOrder: readonly MarketId[];
  readonly source: RegionStatusSource;
  readonly reconciliations: ReconciliationFeed;
  readonly outbox: Outbox;
  readonly counters: Counters;
  /** Whether this gateway moves what shards sent to each other: one of a Region does. */
  readonly movesTransfers?: () => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics?: Metrics | undefined;
  readonly tracing?: Tracing | undefined;
  readonly onFailure: (error: unknown) => void;
}

/** What a gateway reads and writes of all shards. */
export interface OpenExchange {
  readonly view: ExchangeView;
  readonly projections: ShardedProjections;
  readonly journals: ReadonlyMap<ShardId, Journal>;
  readonly queue: OutboxQueue;
  readonly entry: RegionIntake;
  readonly finality: ReadonlyMap<ShardId, ShardFinality>;
  readonly status: ExchangeStatus;
  readonly reconciliations: ReconciliationFeed;
  stop(): void;
}

/** Opens the exchange as a gateway serves it, on shards that are there. */
export async function openExchange(dependencies: ExchangeDependencies): Promise<OpenExchange> {
  const { shards, marketOrder, source, reconciliations, clock, metrics, movesTransfers } = dependencies;
  const queue = await OutboxQueue.open(dependencies.outbox, clock);
  const view = new ExchangeView(
    shards.map((shard) => shard.view),
    { marketOrder, waiting: queue },
  );
  const regionIndex = source.regions().findIndex(({ region }) => region === source.self);
  const entry = openIntake({ ...dependencies, view, queue, regionIndex });
  const finality = new Map(shards.map((shard) => [shard.view.shard, shard.finality]));
  const status = new ExchangeStatus({ source, view, intakeOf: (shard) => entry.status(shard), finality });
  const isOwned = (shard: GatewayShard) => shard.route.state().kind === "own" && !shard.isProvisional();
  const moves = movesTransfers ?? (() => true);
  const mover = new TransferMover({
    shards: shards.map((shard) => moverShard(shard, entry, () => moves() && isOwned(shard))),
    clock,
  });
  if (metrics !== undefined) {
    for (const shard of shards) measureView(shard.view, metrics);
    measureReconciliations(reconciliations, metrics, clock);
    const find = (id: ShardId) => shards.find(({ view: { shard } }) => shard === id);
    observeStatus(
      {
        status,
        isOwned: (id) => shards.some((shard) => shard.view.shard === id && isOwned(shard)),
        unjournaledMs: (id) => find(id)?.unjournaledMs() ?? 0,
      },
      metrics,
    );
  }
  return {
    view,
    finality,
    status,
    reconciliations,
    projections: new ShardedProjections(
      new Map(shards.map((shard) => [shard.view.shard, shard])),
      (market) => view.shardOf(market)?.shard,
    ),
    journals: new Map(shards.map((shard) => [shard.view.shard, shard.journal])),
    queue,
    entry,
    stop: () => {
      mover.stop();
      entry.stop();
    },
  };
}

/** A shard as the mover of transfers needs it. */
function moverShard(
  { view, finality }: GatewayShard,
  entry: RegionIntake,
  isOwned: () => boolean,
): MoverShard {
  return {
    shard: view.shard,
    isOwned,
    transfersInFlight: () => view.transfersInFlight(),
    creditedAt: (transferId) => view.creditedAt(transferId),
    asset: (id) => view.asset(id),
    finalSeq: () => finality.finalSeq,
    append: (commandId, command) => entry.append(view.shard, commandId, command),
    onTransfer: (listener) => onTransfer(view, listener),
    onFinal: (listener) => finality.onAdvance(listener),
  };
}
