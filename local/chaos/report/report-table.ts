import type { ExperimentReport } from "./summary.ts";

/** The experiments as a table for a terminal. */
export function reportTable(reports: readonly ExperimentReport[]): string {
  const head = [
    "experiment",
    "p50/p99 before",
    "during",
    "after (ms)",
    "silence ms",
    "acked",
    "lost",
    "doubled",
    "balances",
    "trades",
    "events/orders queued",
    "",
  ];
  const rows = reports.map((report) => {
    const { experiment, phases, audit, longestSilenceMs, platform, passed, notHere, failed } = report;
    if (phases === undefined || audit === undefined)
      return [
        experiment,
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        notHere === undefined ? `FAILED: ${failed}` : `not run: ${notHere}`,
      ];
    const latency = ({ p50Ms, p99Ms }: { p50Ms: number | null; p99Ms: number | null }) =>
      `${p50Ms ?? "–"}/${p99Ms ?? "–"}`;
    return [
      experiment,
      latency(phases.before),
      latency(phases.during),
      latency(phases.after),
      String(longestSilenceMs),
      String(audit.acknowledged),
      String(audit.lost.length),
      String(audit.doubled.length),
      audit.wrongBalances.length === 0 ? "right" : `${audit.wrongBalances.length} wrong`,
      audit.differingTrades.length === 0 ? "agree" : `${audit.differingTrades.length} differ`,
      `${platform?.queuedEventsMax ?? 0}/${platform?.queuedOrdersMax ?? 0}`,
      passed ? "held" : "BROKEN",
    ];
  });
  const widths = head.map((_, column) =>
    Math.max(
      ...[head, ...rows]
        .slice(0, rows.length + 1)
        .map((row) => (column === head.length - 1 ? 0 : (row[column] ?? "").length)),
    ),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
