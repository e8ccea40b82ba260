import { type LinkCondition, type LinkPath, PERFECT } from "./link-conditions.ts";

/** Round trips between Regions, ms: of the order that the public Internet's long-distance cables allow. */
const ROUND_TRIPS_MS: Readonly<Record<string, number>> = {
  "eu-west-1 us-east-1": 80,
  "ap-northeast-1 us-east-1": 150,
  "ap-northeast-1 eu-west-1": 220,
};
/** Of a path that the table does not have. */
const OTHER_MS = 100;
/** Waits vary by a twentieth of the way. */
const JITTER_DIVISOR = 20;

/** How far Regions are from each other, times `percent` / 100: 0 for no distance at all. */
export function wanLatency(percent: number): (path: LinkPath) => LinkCondition {
  return ({ from, to }) => {
    const roundTrip = ROUND_TRIPS_MS[[from, to].sort().join(" ")] ?? OTHER_MS;
    const delayMs = Math.round((roundTrip * percent) / 200);
    return { ...PERFECT, delayMs, jitterMs: Math.round(delayMs / JITTER_DIVISOR) };
  };
}
