import { ApiError } from "#shared/protocol/errors.ts";

const DEFAULT_WINDOW_MS = 5000;
const MAX_WINDOW_MS = 60_000;
/** A timestamp this large can only be in microseconds, which Binance takes too. */
const MICROSECONDS_FROM = 1e14;

const TIMESTAMP = /^[0-9]{1,20}$/;
const RECV_WINDOW = /^([0-9]{1,20})(\.[0-9]{1,3})?$/;

/**
 * Checks a signed request's `timestamp` and `recvWindow` as Binance does: not a second or more in the future, and not older than
 * the window (ms with up to three decimals, at most 60,000). Throws MANDATORY_PARAM, ILLEGAL_CHARS, BAD_RECV_WINDOW, TIMESTAMP_AHEAD,
 * INVALID_TIMESTAMP.
 */
export function checkRequestTime(
  now: number,
  timestamp: string | undefined,
  recvWindow: string | undefined,
): void {
  if (timestamp === undefined || timestamp === "")
    throw new ApiError("MANDATORY_PARAM", { field: "timestamp" });
  checkForm("timestamp", timestamp, TIMESTAMP);
  let window = DEFAULT_WINDOW_MS;
  if (recvWindow !== undefined) {
    checkForm("recvWindow", recvWindow, RECV_WINDOW);
    window = Number(recvWindow);
    if (window > MAX_WINDOW_MS) throw new ApiError("BAD_RECV_WINDOW", { field: "recvWindow" });
  }
  const given = Number(timestamp);
  const time = given >= MICROSECONDS_FROM ? given / 1000 : given;
  if (time >= now + 1000) throw new ApiError("TIMESTAMP_AHEAD");
  if (now - time > window) throw new ApiError("INVALID_TIMESTAMP");
}

function checkForm(field: string, value: string, pattern: RegExp): void {
  if (!pattern.test(value)) throw new ApiError("ILLEGAL_CHARS", { field, details: [field, pattern.source] });
}
