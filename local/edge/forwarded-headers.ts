import type { IncomingMessage } from "node:http";

/** Meant for the next hop only (RFC 9110, section 7.6.1); `Upgrade` is passed on by hand. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The raw headers of a message without those for this hop, names and order as they were. */
export function endToEndHeaders({ rawHeaders, headers }: IncomingMessage): string[] {
  const named = new Set((headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase()));
  const kept: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
    const lower = name.toLowerCase();
    if (!HOP_BY_HOP.has(lower) && !named.has(lower)) kept.push(name, value);
  }
  return kept;
}

/** The same of a request, and for whom it is asked: the client's address is the last of `X-Forwarded-For`. */
export function forwardedHeaders(request: IncomingMessage): string[] {
  const headers = endToEndHeaders(request);
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const [name = "", value = ""] = headers.slice(at, at + 2);
    if (!/^x-forwarded-(for|proto)$/i.test(name)) kept.push(name, value);
  }
  const before = request.headers["x-forwarded-for"];
  const address = request.socket.remoteAddress ?? "unknown";
  const forwarded = before === undefined ? address : `${[before].flat().join(", ")}, ${address}`;
  return [...kept, "X-Forwarded-For", forwarded, "X-Forwarded-Proto", "http"];
}
