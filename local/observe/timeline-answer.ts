import { legendText } from "#dashboards/asked.ts";
import { MOMENT_SECONDS, TRACKS, type Track } from "#dashboards/timeline.ts";
import type { TimelineAnswer, TimelineEvent } from "#shared/protocol/ops-messages.ts";
import type { PrometheusClient, Range, Series } from "./prometheus-client.ts";

const POINTS = 360;
const STEP_MIN_SECONDS = 2;

/** What happened in the time that ends now: of every track, each piece of time in which a series was there. */
export async function timelineAnswer(
  client: PrometheusClient,
  seconds: number,
  nowMs: number,
): Promise<TimelineAnswer> {
  // Nothing falls between two steps: a moment is told for longer.
  const wanted = Math.ceil(seconds / POINTS);
  const stepSeconds = Math.min(MOMENT_SECONDS / 2, Math.max(STEP_MIN_SECONDS, wanted));
  const to = Math.floor(nowMs / 1000);
  const range = { from: to - seconds, to, stepSeconds };
  const found = await Promise.all(
    TRACKS.map(async (track) => eventsOf(track, await client.queryRange(track.expr, range), range)),
  );
  return {
    from: range.from * 1000,
    to: to * 1000,
    events: found.flat().toSorted((a, b) => a.from - b.from || a.text.localeCompare(b.text)),
  };
}

/** The pieces of time in which series of a track were there; two with the same name are one. */
export function eventsOf(track: Track, series: readonly Series[], range: Range): TimelineEvent[] {
  const byText = Map.groupBy(series, ({ metric }) => legendText(track.text, metric));
  return [...byText].flatMap(([text, same]) => {
    const times = [...new Set(same.flatMap(({ values }) => values.map(([at]) => at)))].toSorted(
      (a, b) => a - b,
    );
    // A moment that is told with gaps, as an owner is that is not sure of its lease each time, is still one.
    const gapSeconds = track.isMoment ? MOMENT_SECONDS : 1.5 * range.stepSeconds;
    return piecesOf(times, gapSeconds).map(([first, last]): TimelineEvent => {
      const common = { track: track.id, text, from: first * 1000 };
      if (track.isMoment) return { ...common, to: first * 1000 };
      const goesOn = last > range.to - 1.5 * range.stepSeconds;
      return { ...common, to: goesOn ? null : last * 1000 };
    });
  });
}

/** Runs of times with no longer gap than this between them: the first and the last of each. */
function piecesOf(times: readonly number[], gapSeconds: number): [number, number][] {
  const pieces: [number, number][] = [];
  for (const at of times) {
    const last = pieces.at(-1);
    if (last !== undefined && at - last[1] <= gapSeconds) last[1] = at;
    else pieces.push([at, at]);
  }
  return pieces;
}
