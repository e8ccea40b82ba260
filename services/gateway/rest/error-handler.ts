import type { ErrorRequestHandler } from "express";
import { ApiError, ERRORS } from "#shared/protocol/errors.ts";
import type { Log } from "#shared/telemetry/log.ts";
import { type Metrics, NO_METRICS } from "#shared/telemetry/metrics.ts";

/**
 * The last handler: writes what was thrown as the error envelope. Refusals go to the client as they are; anything else is a fault of the server,
 * logged whole and answered -1000 without a word about it.
 */
export function createErrorHandler(log: Log, metrics: Metrics = NO_METRICS): ErrorRequestHandler {
  // From 0 on: of a series that begins with the first fault no rate tells it.
  metrics.add("meridian_refusals_total", { door: "rest", code: String(ERRORS.UNKNOWN.code) }, 0);
  return (thrown, request, response, next) => {
    const error = thrown instanceof ApiError ? thrown : refusalOf(thrown);
    metrics.add("meridian_refusals_total", { door: "rest", code: String(error.entry.code) });
    if (!(thrown instanceof ApiError) && error.entry.status >= 500) {
      log.error(
        { err: thrown, requestId: response.get("X-Request-Id"), method: request.method, path: request.path },
        "request-failed",
      );
    }
    if (response.headersSent) {
      next(thrown);
      return;
    }
    if (error.retryAfterSeconds !== undefined) response.set("Retry-After", String(error.retryAfterSeconds));
    // What a file's answer had begun to say of the file does not hold for the refusal.
    response.removeHeader("Last-Modified");
    response.set("Cache-Control", "no-store").type("json").status(error.entry.status).json(error);
  };
}

/** What the web framework throws by itself (a path that does not decode, a range that a file does not have) is the client's; the rest is ours. */
function refusalOf(thrown: unknown): ApiError {
  if (thrown instanceof URIError) return new ApiError("ILLEGAL_CHARACTERS");
  const status = thrown instanceof Error && "status" in thrown ? Number(thrown.status) : 500;
  if (status === 416) return new ApiError("NO_SUCH_RANGE");
  return new ApiError(status >= 400 && status < 500 ? "INVALID_DATA" : "UNKNOWN");
}
