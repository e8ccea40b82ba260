import type { PrometheusClient } from "./prometheus-client.ts";

/** Shorter than this a chart is not. */
const SHOWN_MIN_SECONDS = 120;
/** Times that are shown change by so much at once, so that a chart does not move with every answer. */
const ROUNDED_SECONDS = 30;

/** How far back there is anything to show, in the time that was asked for: of a platform that has just started a chart is not left empty. */
export async function shownSeconds(
  client: PrometheusClient,
  minutes: number,
  nowMs: number,
): Promise<number> {
  const asked = minutes * 60;
  const first = await client.query(
    `min(min_over_time(timestamp(up{job="meridian"})[${minutes}m:${ROUNDED_SECONDS}s]))`,
  );
  const age = nowMs / 1000 - (first[0]?.value ?? 0);
  const rounded = (Math.ceil(age / ROUNDED_SECONDS) + 1) * ROUNDED_SECONDS;
  return Math.min(asked, Math.max(SHOWN_MIN_SECONDS, rounded));
}
