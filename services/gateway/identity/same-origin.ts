import type { IncomingMessage } from "node:http";

/**
 * True unless a browser says that another site made this request. Cookies are sent by browsers on their own, so whatever changes
 * state under a cookie asks this first; programs send neither header and carry no cookie.
 */
export function isSameOrigin(request: IncomingMessage): boolean {
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
