import type { ExperimentReport, Second } from "./summary.ts";

const [WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP] = [760, 220, 52, 68, 24, 14];

/** A picture of a run: answers and failed attempts a second as areas, the 99th percentile of the time to a status and what waited as lines. */
export function timelinePlot({
  seconds = [],
  hurtAt = 0,
  healedAt = 0,
  experiment,
}: ExperimentReport): string {
  const last = Math.max(1, seconds.length - 1);
  const rateMax = Math.max(
    1,
    ...seconds.map(({ answered, failedAttempts }) => Math.max(answered, failedAttempts)),
  );
  const msMax = Math.max(1, ...seconds.map(({ p99Ms }) => p99Ms ?? 0));
  const waiting = ({ queuedEvents, queuedOrders }: Second) => queuedEvents + queuedOrders;
  const waitingMax = Math.max(0, ...seconds.map(waiting));
  const peak = seconds.findIndex((second) => waiting(second) === waitingMax);
  const x = (second: number) => LEFT + (second / last) * (WIDTH - LEFT - RIGHT);
  const y = (share: number) => HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
  const line = (of: (second: Second) => number) =>
    seconds.map((second, at) => `${x(at).toFixed(1)},${y(of(second)).toFixed(1)}`).join(" ");
  const area = (of: (second: Second) => number) => `${x(0)},${y(0)} ${line(of)} ${x(last)},${y(0)}`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${experiment}: answers a second and time to a status over time">
<rect class="hurt" x="${x(hurtAt).toFixed(1)}" y="${TOP}" width="${Math.max(1, x(healedAt) - x(hurtAt)).toFixed(1)}" height="${HEIGHT - BOTTOM - TOP}"/>
<polygon class="answered" points="${area(({ answered }) => answered / rateMax)}"/>
<polygon class="failed" points="${area(({ failedAttempts }) => failedAttempts / rateMax)}"/>
<polyline class="latency" points="${line(({ p99Ms }) => (p99Ms ?? 0) / msMax)}"/>
${
  waitingMax === 0
    ? ""
    : `<polyline class="queued" points="${line((second) => (waiting(second) / waitingMax) * 0.9)}"/>
<text x="${x(peak).toFixed(1)}" y="${y(0.9) - 4}" text-anchor="middle">${waitingMax} wait</text>`
}
<line class="axis" x1="${LEFT}" y1="${y(0)}" x2="${WIDTH - RIGHT}" y2="${y(0)}"/>
<text x="${LEFT - 6}" y="${y(1) + 4}" text-anchor="end">${rateMax}/s</text>
<text x="${LEFT - 6}" y="${y(0) + 4}" text-anchor="end">0</text>
<text class="right" x="${WIDTH - RIGHT + 6}" y="${y(1) + 4}">${Math.round(msMax)} ms</text>
<text x="${x(0)}" y="${HEIGHT - 6}">0 s</text>
<text x="${x(last)}" y="${HEIGHT - 6}" text-anchor="end">${last} s</text>
<text x="${x(hurtAt) + 4}" y="${TOP + 10}">hurt</text>
</svg>`;
}
