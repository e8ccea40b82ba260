import type { Clock } from "#shared/ports/clock.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import type { ReconciliationFeed } from "../reconciliations/reconciliation-feed.ts";

/** Counts verdicts when they are final, and how long forks wait for theirs. */
export function measureReconciliations(feed: ReconciliationFeed, metrics: Metrics, clock: Clock) {
  const begun = new Map<string, { readonly shard: string; readonly at: number }>();
  /** Once a shard had one it is said that it has none: alerts resolve by a 0, not by what is missing. */
  const shards = new Set<string>();
  metrics.observe("meridian_reconciliations_open", () =>
    [...shards].map((shard) => {
      const open = [...begun.values()].filter((each) => each.shard === shard);
      return { value: open.length, labels: { shard } };
    }),
  );
  return feed.onTold((reconciliation) => {
    const { fork, shard } = reconciliation;
    shards.add(shard);
    if (reconciliation.state !== "reconciled") {
      if (!begun.has(fork)) begun.set(fork, { shard, at: clock.monotonic() });
      return;
    }
    const start = begun.get(fork);
    begun.delete(fork);
    if (start !== undefined) {
      metrics.record("meridian_reconciliation_seconds", (clock.monotonic() - start.at) / 1000, { shard });
    }
    for (const { conflicted } of reconciliation.fills) {
      const verdict = conflicted > 0 ? "conflicted" : "confirmed";
      metrics.add("meridian_reconciled_fills_total", { shard, verdict });
    }
  });
}
