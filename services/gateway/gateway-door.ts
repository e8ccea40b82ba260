import type { RequestListener } from "node:http";
import express, { type Express, type Router } from "express";
import { ApiError } from "#shared/protocol/errors.ts";
import type { Log } from "#shared/telemetry/log.ts";
import { createErrorHandler } from "./rest/error-handler.ts";

/** What a server answers with from its first moment on. */
export interface GatewayDoor {
  readonly listener: RequestListener;
  /** From now on `app` answers. */
  open(app: Express): void;
}

const RETRY_SECONDS = 1;

/** While a gateway starts it holds its port already: health is answered, everything else is told to come back, nobody is left waiting. */
export function createGatewayDoor(healthRouter: Router, log: Log): GatewayDoor {
  const closed = express();
  closed.disable("x-powered-by");
  closed.use(healthRouter);
  closed.use(() => {
    throw new ApiError("OVERLOADED", { retryAfterSeconds: RETRY_SECONDS });
  });
  closed.use(createErrorHandler(log));
  let current = closed;
  return {
    listener: (request, response) => current(request, response),
    open: (app) => {
      current = app;
    },
  };
}
