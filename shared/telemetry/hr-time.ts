import type { HrTime } from "@opentelemetry/api";

/** Epoch ms, as OpenTelemetry has times and durations: seconds and nanoseconds. */
export function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
