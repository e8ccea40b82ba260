import { AsyncLocalStorage } from "node:async_hooks";
import type { RequestHandler } from "express";
import type { Log } from "#shared/telemetry/log.ts";

/** Says of every request how it was answered, to whoever reads that closely (level debug). */
export function logRequests(log: Log): RequestHandler {
  if (!log.isLevelEnabled("debug")) return (_request, _response, next) => next();
  return (request, response, next) => {
    const { method, path } = request;
    // In the request's own trace, which the connection that closes knows nothing of.
    const answered = AsyncLocalStorage.bind(() => {
      const status = response.writableFinished ? response.statusCode : 0;
      log.debug({ requestId: response.get("X-Request-Id"), method, path, status }, "request-answered");
    });
    response.once("close", answered);
    next();
  };
}
