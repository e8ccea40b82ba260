import type { ReconciliationFeed } from "#services/gateway/reconciliations/reconciliation-feed.ts";
import type { ExchangeStatus } from "#services/gateway/regions/exchange-status.ts";
import { measureReconciliations } from "#services/gateway/telemetry/measure-reconciliations.ts";
import { measureView } from "#services/gateway/telemetry/measure-view.ts";
import { observeStatus } from "#services/gateway/telemetry/observe-status.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import type { RunningShard } from "../start-shards.ts";

export interface MeasuredExchange {
  readonly shards: readonly RunningShard[];
  readonly status: ExchangeStatus;
  readonly reconciliations: ReconciliationFeed;
  readonly clock: Clock;
}

/** Measures what one Region folds, and how its shards stand. */
export function measureExchange(exchange: MeasuredExchange, metrics: Metrics): void {
  const { shards, status, reconciliations, clock } = exchange;
  const nodes = new Map(shards.map(({ node }) => [node.shard, node]));
  for (const { view } of shards) measureView(view, metrics);
  measureReconciliations(reconciliations, metrics, clock);
  const isOwned = (shard: ShardId) => {
    const node = nodes.get(shard);
    return node?.route.state().kind === "own" && !node.isProvisional;
  };
  observeStatus(
    { status, isOwned, unjournaledMs: (shard) => nodes.get(shard)?.matching.unjournaled.ageMs ?? 0 },
    metrics,
  );
}
