import type { RequestHandler } from "express";
import type { Clock } from "#shared/ports/clock.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { routeOf } from "./route-of.ts";

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
