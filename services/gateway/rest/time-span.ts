import { ApiError } from "#shared/protocol/errors.ts";

const MAX_SPAN_HOURS = 24;
const MAX_SPAN_MS = MAX_SPAN_HOURS * 60 * 60_000;

export interface Times {
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
}

/** Binance: "the time between startTime and endTime can't be longer than 24 hours". Throws INTERVAL_TOO_BIG, BAD_COMBINATION. */
export function checkSpan(times: Times): void {
  if (times.startTime === undefined || times.endTime === undefined) return;
  if (times.endTime < times.startTime) throw new ApiError("BAD_COMBINATION");
  if (times.endTime - times.startTime > MAX_SPAN_MS) {
    throw new ApiError("INTERVAL_TOO_BIG", { detail: String(MAX_SPAN_HOURS) });
  }
}

/** The times as bounds of a query; those not sent are left out. */
export function bounds(times: Times) {
  return {
    ...(times.startTime === undefined ? {} : { startTime: times.startTime }),
    ...(times.endTime === undefined ? {} : { endTime: times.endTime }),
  };
}
