import { platformLine, recoveryLines } from "./figures-text.ts";
import { type ExperimentReport, PHASES } from "./summary.ts";
import { timelinePlot } from "./timeline-plot.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #1b2430; --paper: #fff; --soft: #5b6776; --answered: #2f7d6b; --failed: #c2542d; --latency: #3a5fc8; --queued: #8a4fae; --hurt: #c2542d22; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf2; --paper: #12171e; --soft: #9aa7b7; --answered: #4fb39b; --failed: #ef8a5f; --latency: #8aa8ff; --queued: #d0a2ea; --hurt: #ef8a5f22; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; } .soft, .key { color: var(--soft); } .bad { color: var(--failed); font-weight: 600; } .good { color: var(--answered); font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid #8884; } th:first-child, td:first-child { text-align: left; }
.plot { overflow-x: auto; } svg { width: 100%; min-width: 36rem; height: auto; } .what::first-letter { text-transform: uppercase; } svg text { font-size: 11px; fill: var(--soft); } .right { fill: var(--latency); }
.hurt { fill: var(--hurt); } .answered { fill: var(--answered); opacity: .55; } .failed { fill: var(--failed); opacity: .6; } .latency { fill: none; stroke: var(--latency); stroke-width: 2; } .queued { fill: none; stroke: var(--queued); stroke-width: 1.5; stroke-dasharray: 5 3; } .axis { stroke: var(--soft); }
`;

/** A page that shows what experiments did to the platform, readable without anything else. */
export function reportPage(reports: readonly ExperimentReport[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Meridian: chaos</title><style>${STYLE}</style></head>
<body><h1>What was broken, and what came of it</h1>
<p class="key">Green: orders answered a second. Orange: attempts that failed and were sent again. Blue: 99 of 100 orders had their status after so long. Dashed violet: what waited, events for a journal and orders in outboxes (its own scale, the most is written above it). Shaded: the disturbance.</p>
${reports.map(section).join("\n")}
</body></html>
`;
}

function section(report: ExperimentReport): string {
  const head = `<h2 id="${report.experiment}">${report.experiment}</h2><p class="what">${escaped(report.what)}.</p>`;
  const { phases, audit, platform } = report;
  if (phases === undefined || audit === undefined)
    return report.failed === undefined
      ? `${head}<p class="soft">Not run here: ${escaped(report.notHere ?? "")}.</p>`
      : `${head}<p><span class="bad">not run to its end</span>: ${escaped(report.failed)}</p>`;
  const row = (name: string, of: (phase: (typeof PHASES)[number]) => number | null) =>
    `<tr><td>${name}</td>${PHASES.map((phase) => `<td>${of(phase) ?? "–"}</td>`).join("")}</tr>`;
  const verdict = report.passed ? `<span class="good">held</span>` : `<span class="bad">broken</span>`;
  const problems = [...audit.lost, ...audit.doubled, ...audit.wrongBalances, ...audit.differingTrades].slice(
    0,
    20,
  );
  return `${head}
<div class="plot">${timelinePlot(report)}</div>
<table><thead><tr><th></th>${PHASES.map((phase) => `<th>${phase}</th>`).join("")}</tr></thead><tbody>
${row("orders sent", (phase) => phases[phase].sent)}
${row("answered", (phase) => phases[phase].answered)}
${row("told to come later (-1008)", (phase) => phases[phase].toldToWait)}
${row("failed attempts", (phase) => phases[phase].failedAttempts)}
${row("order → status, p50 ms", (phase) => phases[phase].p50Ms)}
${row("order → status, p99 ms", (phase) => phases[phase].p99Ms)}
</tbody></table>
<p>Invariants ${verdict}: ${audit.acknowledged} orders acknowledged, ${audit.refused} refused, <b>${audit.lost.length} lost, ${audit.doubled.length} doubled</b>,
${audit.compensated} compensated, ${audit.wrongBalances.length} wrong balances, ${audit.differingTrades.length} trades not shown alike in all Regions, ${audit.unknown} without an answer at the end.</p>
<p>${platform === undefined ? "" : `The platform told: ${escaped(platformLine(platform))}.`}</p>
<ul>${recoveryLines(report)
    .map((line) => `<li>${escaped(line)}</li>`)
    .join("")}</ul>
${problems.length === 0 ? "" : `<ul class="bad">${problems.map((problem) => `<li>${escaped(problem)}</li>`).join("")}</ul>`}
<p class="soft">${report.regions} Region${report.regions === 1 ? "" : "s"}, ${report.ordersPerSecond} orders a second, ${new Date(report.at).toISOString()}</p>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
