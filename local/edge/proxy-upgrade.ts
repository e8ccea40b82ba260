import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import type { Clock } from "#shared/ports/clock.ts";
import { DelayStream } from "./delay-stream.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";
import type { Route } from "./route-client.ts";

export interface UpgradeDependencies {
  readonly clock: Clock;
  readonly route: (request: IncomingMessage, tried: ReadonlySet<string>) => Route | undefined;
  readonly onRefused: (region: string) => void;
  /** A connection to a Region is open; called with what closes it. */
  readonly onOpen: (region: string, close: () => void) => () => void;
}

/** Carries a connection that was upgraded (a WebSocket) to the nearest healthy Region, byte by byte, and ends with either side. */
export function proxyUpgrade(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  dependencies: UpgradeDependencies,
  tried = new Set<string>(),
): void {
  const { clock, route: routeOf, onRefused, onOpen } = dependencies;
  client.on("error", () => {});
  const route = routeOf(request, tried);
  if (route === undefined) {
    client.end("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n\r\n");
    return;
  }
  const { region, port, oneWayMs } = route;
  const upstream = connect(port, "127.0.0.1");
  let isOpen = false;
  upstream.setNoDelay(true);
  upstream.once("error", () => {
    if (isOpen || client.destroyed) return;
    onRefused(region);
    proxyUpgrade(request, client, head, dependencies, tried.add(region));
  });
  upstream.once("connect", () => {
    isOpen = true;
    const closed = onOpen(region, () => {
      upstream.destroy();
      client.destroy();
    });
    const there = new DelayStream(clock, oneWayMs);
    there.write(requestHead(request));
    if (head.length > 0) there.write(head);
    const end = () => {
      closed();
      upstream.destroy();
      client.destroy();
    };
    pipeline(client, there, upstream, end);
    pipeline(upstream, new DelayStream(clock, oneWayMs), client, end);
  });
}

function requestHead(request: IncomingMessage): string {
  const headers = [
    ...forwardedHeaders(request),
    "Connection",
    "Upgrade",
    "Upgrade",
    request.headers.upgrade ?? "",
  ];
  let text = `${request.method} ${request.url} HTTP/1.1\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${text}\r\n`;
}
