import { ApiError } from "#shared/protocol/errors.ts";

const DEFAULT_WINDOW_MS = 5000;
const MAX_WINDOW_MS = 60_000;
/** A timestamp this large can only be in microseconds, which Binance takes too. */
const MICROSECONDS_FROM = 1e14;

/**
 * Checks a signed request's `timestamp` and `recvWindow` as Binance does: not a second or more in the future, and not older than
 * the window (ms with up to three decimals, at most 60,000). Throws MANDATORY_PARAM, BAD_RECV_WINDOW, INVALID_TIMESTAMP.
 */
export function checkRequestTime(
  now: number,
  timestamp: string | undefined,
  recvWindow: string | undefined,
): void {
  if (timestamp === undefined || !/^\d{1,16}$/.test(timestamp)) {
    throw new ApiError("MANDATORY_PARAM", { field: "timestamp" });
  }
  let window = DEFAULT_WINDOW_MS;
  if (recvWindow !== undefined) {
    if (!/^\d{1,5}(\.\d{1,3})?$/.test(recvWindow))
      throw new ApiError("ILLEGAL_PARAM", { field: "recvWindow" });
    window = Number(recvWindow);
    if (window > MAX_WINDOW_MS) throw new ApiError("BAD_RECV_WINDOW");
  }
  const given = Number(timestamp);
  const time = given >= MICROSECONDS_FROM ? given / 1000 : given;
  if (time >= now + 1000 || now - time > window) throw new ApiError("INVALID_TIMESTAMP");
}
