import type { Request, RequestHandler } from "express";
import type { Clock } from "#shared/ports/clock.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";

/** Measures every request until it is answered, or its client is gone. */
export function measureRequests(metrics: Metrics, clock: Clock): RequestHandler {
  return (request, response, next) => {
    const begin = clock.monotonic();
    response.once("close", () => {
      metrics.record("meridian_http_request_seconds", (clock.monotonic() - begin) / 1000, {
        method: request.method,
        route: routeOf(request),
        status: response.writableFinished ? String(response.statusCode) : "aborted",
      });
    });
    next();
  };
}

/** The pattern, never the path: what a client writes must not make series. */
function routeOf(request: Request): string {
  const path: unknown = request.route?.path;
  if (typeof path !== "string") return "other";
  return path.startsWith(request.baseUrl) ? path : `${request.baseUrl}${path}`;
}
