import { timelinePlot } from "../../chaos/report/timeline-plot.ts";
import { alertProblems, type GameDayReport, hasHeld, type RehearsedExperiment } from "../gameday-report.ts";
import { alertPlot } from "./alert-plot.ts";
import { escaped } from "./escaped.ts";
import { afterText, silentText, verdictText } from "./words.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #1b2430; --paper: #fff; --soft: #5b6776; --answered: #2f7d6b; --failed: #c2542d; --latency: #3a5fc8; --queued: #8a4fae; --hurt: #c2542d22; --firing: #b81f39; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf2; --paper: #12171e; --soft: #9aa7b7; --answered: #4fb39b; --failed: #ef8a5f; --latency: #8aa8ff; --queued: #d0a2ea; --hurt: #ef8a5f22; --firing: #ff6f80; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 54rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; } .soft, .key { color: var(--soft); } .bad { color: var(--firing); font-weight: 600; } .good { color: var(--answered); font-weight: 600; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #8884; } td.n, th.n { text-align: right; }
svg { width: 100%; min-width: 36rem; height: auto; } svg text { font-size: 11px; fill: var(--soft); } .right { fill: var(--latency); } .what::first-letter { text-transform: uppercase; }
.hurt { fill: var(--hurt); } .answered { fill: var(--answered); opacity: .55; } .failed { fill: var(--failed); opacity: .6; } .latency { fill: none; stroke: var(--latency); stroke-width: 2; } .queued { fill: none; stroke: var(--queued); stroke-width: 1.5; stroke-dasharray: 5 3; } .axis { stroke: var(--soft); }
.pending { fill: var(--firing); opacity: .25; } .firing { fill: var(--firing); } .unexpected { fill: var(--queued); }
`;

/** A page of a game day: of each experiment what clients felt and which alerts told of it, on one page without anything else. */
export function gameDayPage(day: GameDayReport): string {
  const verdict = hasHeld(day)
    ? '<span class="good">Every alert fired that had to, and no other.</span>'
    : `<span class="bad">${day.isInterrupted === true ? "It was interrupted: the rest was not run." : "Not all is as it should be."}</span>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Meridian: game day</title><style>${STYLE}</style></head>
<body><h1>Game day</h1>
<p>${verdict} ${new Date(day.at).toISOString()}, ${day.ordersPerSecond} orders a second.</p>
<p class="key">First picture: orders answered a second (green), attempts that failed (orange), 99 of 100 had their status after so long (blue). Second picture: alerts that waited for their time (pale) and fired (red; violet where nobody expected it), in seconds from the hurt. Shaded: the disturbance.</p>
${day.experiments.map(section).join("\n")}
</body></html>
`;
}

function section(rehearsed: RehearsedExperiment): string {
  const { report, hurtSeconds, alerts } = rehearsed;
  const head = `<h2 id="${report.experiment}">${report.experiment}</h2><p class="what">${escaped(report.what)}.</p>`;
  if (report.notHere !== undefined)
    return `${head}<p class="soft">Not run here: ${escaped(report.notHere)}.</p>`;
  if (report.failed !== undefined)
    return `${head}<p class="bad">It did not come to its end: ${escaped(report.failed)}.</p>`;
  const rows = alerts.map(
    (alert) =>
      `<tr><td>${escaped(alert.name)}</td><td>${alert.severity}</td><td${alert.verdict === "missing" || alert.verdict === "unexpected" ? ' class="bad"' : ""}>${verdictText(alert)}</td><td class="n">${afterText(alert.firedAfter)}</td><td class="n">${silentText(alert)}</td></tr>`,
  );
  const problems = alertProblems(rehearsed);
  return `${head}
<div class="wide">${timelinePlot(report)}</div>
<div class="wide">${alertPlot(rehearsed)}</div>
${
  rows.length === 0
    ? "<p>No alert fired, and none had to.</p>"
    : `<div class="wide"><table><thead><tr><th>alert</th><th>severity</th><th></th><th class="n">fired after the hurt</th><th class="n">silent after the end of it</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`
}
${problems.length === 0 ? "" : `<ul class="bad">${problems.map((each) => `<li>${escaped(each)}</li>`).join("")}</ul>`}
<p class="soft">Hurt for ${hurtSeconds} s. Invariants ${report.passed ? "held" : "BROKEN"}: ${report.audit?.acknowledged ?? 0} orders acknowledged, ${report.audit?.lost.length ?? 0} lost, ${report.audit?.doubled.length ?? 0} doubled, ${report.audit?.unknown ?? 0} without an answer at the end.</p>`;
}
