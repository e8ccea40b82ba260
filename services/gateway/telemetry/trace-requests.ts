import type { Request, RequestHandler } from "express";
import { formatTraceparent } from "#shared/domain/trace-context.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import { incomingTrace } from "./incoming-trace.ts";
import { routeOf } from "./route-of.ts";

/** Makes every request to an API part of the trace that its headers name, or begins one, and tells the client which: the header `Traceresponse`. */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    if (!tracing.isOn || !isOfApi(request)) {
      next();
      return;
    }
    const span = tracing.root("gateway.request", incomingTrace(request.headers));
    if (span.context !== undefined) response.setHeader("Traceresponse", formatTraceparent(span.context));
    response.once("close", () => {
      const common = { "http.request.method": request.method, "http.route": routeOf(request) };
      if (!response.writableFinished) return span.end({ attributes: common });
      const { statusCode: status } = response;
      span.end({
        attributes: { ...common, "http.response.status_code": status },
        keep: status >= 500 ? "error" : undefined,
      });
    });
    tracing.within(span, next);
  };
}

/** Files, health and the documentation are no part of anybody's order. */
function isOfApi({ path }: Request): boolean {
  return /^\/(api|sapi|orders|meridian)\b/.test(path);
}
