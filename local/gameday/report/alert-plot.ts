import type { RehearsedExperiment } from "../gameday-report.ts";
import { escaped } from "./escaped.ts";

const [WIDTH, LEFT, RIGHT, ROW, TOP, BOTTOM] = [760, 190, 24, 20, 18, 22];

/** A picture of when alerts waited and fired, in seconds from the hurt. */
export function alertPlot({ report, hurtSeconds, alerts }: RehearsedExperiment): string {
  const shown = alerts.filter(({ verdict }) => verdict !== "before");
  const heal = (report.healedAt ?? 0) - (report.hurtAt ?? 0);
  const ends = shown.map(({ silentAfterHeal, firedAfter }) =>
    silentAfterHeal === null ? (firedAfter ?? 0) + 20 : heal + silentAfterHeal,
  );
  const last = Math.max(hurtSeconds, heal, ...ends) + 5;
  const x = (seconds: number) =>
    LEFT + (Math.max(0, Math.min(seconds, last)) / last) * (WIDTH - LEFT - RIGHT);
  const height = TOP + Math.max(1, shown.length) * ROW + BOTTOM;
  const bar = (kind: string, from: number, to: number, row: number) =>
    `<rect class="${kind}" x="${x(from).toFixed(1)}" y="${TOP + row * ROW + 4}" width="${Math.max(2, x(to) - x(from)).toFixed(1)}" height="${ROW - 9}"/>`;
  const rows = shown.map(({ name, verdict, pendingAfter, firedAfter, silentAfterHeal }, row) => {
    const end = silentAfterHeal === null ? last : heal + silentAfterHeal;
    return `<text x="${LEFT - 8}" y="${TOP + row * ROW + 14}" text-anchor="end">${escaped(name)}</text>
${pendingAfter === null ? "" : bar("pending", pendingAfter, firedAfter ?? heal, row)}
${firedAfter === null ? "" : bar(verdict === "unexpected" ? "unexpected" : "firing", firedAfter, end, row)}`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(report.experiment)}: when alerts fired">
<rect class="hurt" x="${x(0)}" y="${TOP - 4}" width="${(x(heal) - x(0)).toFixed(1)}" height="${height - TOP - BOTTOM + 4}"/>
<text x="${x(0) + 2}" y="11">hurt</text>
${rows.join("\n")}
${shown.length === 0 ? `<text x="${LEFT}" y="${TOP + 14}">nothing fired</text>` : ""}
<line class="axis" x1="${LEFT}" y1="${height - BOTTOM + 2}" x2="${WIDTH - RIGHT}" y2="${height - BOTTOM + 2}"/>
<text x="${x(0)}" y="${height - 6}">0 s</text>
<text x="${x(last)}" y="${height - 6}" text-anchor="end">${Math.round(last)} s</text>
</svg>`;
}
