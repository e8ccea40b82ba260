import { type Agent, type IncomingMessage, type ServerResponse, request as sendRequest } from "node:http";
import { pipeline } from "node:stream";
import type { Clock } from "#shared/ports/clock.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { DelayStream } from "./delay-stream.ts";
import { endToEndHeaders, forwardedHeaders } from "./forwarded-headers.ts";
import type { Route } from "./route-client.ts";

/** What came of a request. */
export type ProxyResult = "answered" | "refused" | "unknown" | "broken";

export interface ProxyDependencies {
  readonly clock: Clock;
  readonly agent: Agent;
  /** The nearest healthy Region but those that were tried. */
  readonly route: (request: IncomingMessage, tried: ReadonlySet<string>) => Route | undefined;
  /** The Region did not take it, and the next one is asked. */
  readonly onRefused: (region: string) => void;
  /** Once for each request that its client waited for. */
  readonly onDone: (to: string, result: ProxyResult) => void;
}

/** Where no Region was left to ask. */
const NO_REGION = "none";

export const REGION_HEADER = "X-Meridian-Region";
const RETRY_SECONDS = 1;

/**
 * Sends a request to the nearest healthy Region and its answer back. Where nothing can have been sent (the connection was refused) the next Region is
 * asked; where a Region dies with a request in its hands, the client is told that nobody knows what became of it (-1007), and may send it again.
 */
export function proxyRequest(
  request: IncomingMessage,
  response: ServerResponse,
  dependencies: ProxyDependencies,
  tried = new Set<string>(),
): void {
  const { clock, agent, route: routeOf, onRefused, onDone } = dependencies;
  const route = routeOf(request, tried);
  if (route === undefined) {
    onDone(NO_REGION, "refused");
    refuse(response, new ApiError("OVERLOADED", { retryAfterSeconds: RETRY_SECONDS }));
    return;
  }
  const { region, port, oneWayMs } = route;
  const upstream = sendRequest({
    host: "127.0.0.1",
    port,
    agent,
    method: request.method,
    path: request.url,
    headers: forwardedHeaders(request),
    setHost: false,
  });
  let hasConnected = false;
  let hasAnswered = false;
  const onAbort = () => {
    if (!response.writableFinished) upstream.destroy();
  };
  response.once("close", onAbort);
  upstream.once("socket", (socket) => {
    // An idle connection that is used again may be about to close: what is sent over it may have arrived.
    const begin = () => {
      hasConnected = true;
      pipeline(request, new DelayStream(clock, oneWayMs), upstream, () => {});
    };
    if (socket.connecting) socket.once("connect", begin);
    else begin();
  });
  upstream.once("response", (answer) => {
    hasAnswered = true;
    // The answer waits where it is: its head takes the way once, and its body follows.
    clock.schedule(oneWayMs, () => {
      if (response.destroyed) {
        answer.destroy();
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, [
        ...endToEndHeaders(answer),
        REGION_HEADER,
        region,
      ]);
      response.flushHeaders();
      pipeline(answer, response, (error) => onDone(region, error == null ? "answered" : "broken"));
    });
  });
  upstream.once("error", () => {
    response.off("close", onAbort);
    if (response.destroyed) return;
    if (!hasConnected) onRefused(region);
    // What only reads may be asked again, of another Region.
    const isSafe = request.method === "GET" || request.method === "HEAD";
    if (!hasConnected || (isSafe && !hasAnswered)) {
      proxyRequest(request, response, dependencies, tried.add(region));
    } else if (!hasAnswered) {
      onDone(region, "unknown");
      refuse(response, new ApiError("STATUS_UNKNOWN"));
    } else response.destroy();
  });
}

function refuse(response: ServerResponse, error: ApiError): void {
  const retry =
    error.retryAfterSeconds === undefined ? {} : { "Retry-After": String(error.retryAfterSeconds) };
  response.writeHead(error.entry.status, {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
    ...retry,
  });
  response.end(JSON.stringify(error));
}
