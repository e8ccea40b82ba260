import type { GatewayShard } from "#services/gateway/exchange/gateway-shard.ts";
import { type OpenExchange, openExchange } from "#services/gateway/exchange/open-exchange.ts";
import { LinkAppender } from "#services/gateway/intake/link-appender.ts";
import { ReconciliationFeed } from "#services/gateway/reconciliations/reconciliation-feed.ts";
import { startRecorders } from "#services/reconciliation/start-recorders.ts";
import { isFinalOf } from "#services/region/is-final.ts";
import { observeLeases } from "#services/region/observe-leases.ts";
import { regionStatus } from "#services/region/region-status.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import { type Metrics, NO_METRICS } from "#shared/telemetry/metrics.ts";
import {
  type RunningShard,
  type RunningShards,
  type ShardsDependencies,
  startShards,
} from "./start-shards.ts";

export interface ExchangeDependencies extends ShardsDependencies {
  readonly metrics?: Metrics | undefined;
}

/** Every shard at work, and what a gateway reads and writes of them. */
export interface RunningExchange extends Omit<OpenExchange, "stop"> {
  readonly shards: readonly RunningShard[];
  stop(): Promise<void>;
}

/** How long to wait for another Region's word that it has appended, and how many commands may wait to be sent there. */
const APPEND_MS = 2000;
const APPENDS_MAX = 10_000;

/** Starts every shard of the configuration in one Region. */
export async function startExchange(dependencies: ExchangeDependencies): Promise<RunningExchange> {
  const { definitions, stores, clock, onFailure, regions, link, metrics = NO_METRICS } = dependencies;
  const { shards, core, stop: stopShards } = await startShards(dependencies);
  observeLeases(core.nodes, metrics);
  const feed = new ReconciliationFeed(stores.reconciliations);
  const recorders = startRecorders({
    shards: shards.map(({ node, stores: { journal, projections } }) => ({
      ...{ shard: node.shard, journal, projections, isFinal: isFinalOf(node) },
      lineage: () => node.record?.lineage ?? [],
    })),
    store: stores.reconciliations,
    clock,
    onChange: (reconciliation) => feed.tell(reconciliation),
    onFailure,
  });
  const exchange = await openExchange({
    ...dependencies,
    shards: shards.map((shard) => gatewayShard(shard, core, regions, link)),
    marketOrder: definitions.markets.map(({ id }) => id),
    source: regionStatus(core, link.self, regions),
    reconciliations: feed,
    outbox: stores.outbox,
    counters: stores.counters,
  });
  return {
    ...exchange,
    shards,
    stop: async () => {
      recorders.stop();
      exchange.stop();
      await stopShards();
    },
  };
}

/** A shard that is folded in this process, as the gateway in it serves it. */
function gatewayShard(
  { node, view, stores }: RunningShard,
  { contacts }: RunningShards["core"],
  regions: readonly RegionId[],
  link: RegionLink,
): GatewayShard {
  const { shard, route } = node;
  const remote = { link, shard, timeoutMs: APPEND_MS, maxWaiting: APPENDS_MAX };
  return {
    route,
    ...stores,
    remote: regions.length > 1 ? new LinkAppender(remote) : undefined,
    view,
    finality: node.watermark,
    isProvisional: () => node.isProvisional,
    unjournaledMs: () => node.matching.unjournaled.ageMs,
    unjournaledAtOwnerMs: () => {
      const state = route.state();
      return state.kind === "remote" ? contacts.unjournaledMs(state.owner, shard) : 0;
    },
  };
}
