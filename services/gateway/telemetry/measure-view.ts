import type { Metrics } from "#shared/telemetry/metrics.ts";
import type { RegionView } from "../views/region-view.ts";

/** Counts what a Region's fold of a shard tells, and watches that no money is made or lost on the way to its view. */
export function measureView(view: Pick<RegionView, "shard" | "onUpdate" | "residuals">, metrics: Metrics) {
  const { shard } = view;
  metrics.observe("meridian_conservation_residual", () =>
    view.residuals().map(({ asset, residual }) => ({ value: residual, labels: { shard, asset } })),
  );
  return view.onUpdate(({ outcome, trades }) => {
    metrics.add("meridian_commands_total", { shard });
    for (const { market } of trades) metrics.add("meridian_trades_total", { market });
    for (const event of outcome.events) {
      if (event.kind === "CommandRejected") {
        metrics.add("meridian_rejections_total", { shard, reason: event.reason });
      } else if (event.kind === "Undecodable") {
        metrics.add("meridian_undecodable_total", { shard });
      }
    }
  });
}
