import { recoveryLines } from "./figures-text.ts";
import { type ExperimentReport, PHASES } from "./summary.ts";

const HEAD = [
  "experiment",
  "p50 / p99 before, ms",
  "during",
  "after",
  "longest silence, ms",
  "acknowledged",
  "lost",
  "doubled",
  "compensated",
  "queued events",
  "queued orders",
  "told to wait",
  "fills confirmed / conflicted",
  "balances",
  "trades of all Regions",
  "tapes",
  "result",
];

/** The experiments as Markdown: one table, and below it what was measured of each recovery. */
export function reportMarkdown(reports: readonly ExperimentReport[]): string {
  const rows = reports.flatMap(row);
  const lines = reports.flatMap((report) => {
    if (report.failed !== undefined)
      return [`- **${report.experiment}** was not run to its end: ${report.failed}.`];
    const measured = recoveryLines(report);
    return measured.length === 0
      ? []
      : [`- **${report.experiment}** (${report.what}): ${measured.join("; ")}.`];
  });
  const table = [HEAD, HEAD.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `${table.join("\n")}\n\n${lines.join("\n")}\n`;
}

function row({
  experiment,
  phases,
  audit,
  platform,
  longestSilenceMs,
  passed,
}: ExperimentReport): string[][] {
  if (phases === undefined || audit === undefined || platform === undefined) return [];
  const latency = PHASES.map((phase) => `${phases[phase].p50Ms ?? "–"} / ${phases[phase].p99Ms ?? "–"}`);
  const { confirmed, conflicted } = platform.verdicts;
  const waited = PHASES.reduce((total, phase) => total + phases[phase].toldToWait, 0);
  return [
    [
      experiment,
      ...latency,
      ...[longestSilenceMs, audit.acknowledged, audit.lost.length, audit.doubled.length, audit.compensated],
      ...[platform.queuedEventsMax, platform.queuedOrdersMax, waited],
      `${confirmed} / ${conflicted}`,
      audit.wrongBalances.length === 0 ? "right" : `${audit.wrongBalances.length} wrong`,
      audit.differingTrades.length === 0 ? "agree" : `${audit.differingTrades.length} differ`,
      platform.tapeDivergences === 0 ? "agree" : `${platform.tapeDivergences} differ`,
      passed ? "held" : "broken",
    ].map(String),
  ];
}
