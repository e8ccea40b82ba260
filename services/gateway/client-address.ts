import type { IncomingMessage } from "node:http";

/** The address of who sent a request: behind proxies as the outermost trusted one saw it. */
export function clientAddress(request: IncomingMessage, proxyHops: number): string {
  const forwarded = String(request.headers["x-forwarded-for"] ?? "").split(",");
  return (
    (proxyHops > 0 ? forwarded.at(-proxyHops)?.trim() : undefined) || (request.socket.remoteAddress ?? "")
  );
}
