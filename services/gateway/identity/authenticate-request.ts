import type { Request } from "express";
import { ApiError } from "#shared/protocol/errors.ts";
import type { Authenticator, Principal } from "./principal.ts";
import { isSameOrigin } from "./same-origin.ts";

export const SESSION_COOKIE = "meridian_session";

/** Requests that only read need `user-data`; those that act need `trade`. */
export type Need = "user-data" | "trade";

/**
 * Who a request speaks for: a signed request of the Binance dialect (X-MBX-APIKEY), a bearer token, or the page's cookie. A cookie
 * may act only from our own pages. Throws `ApiError`.
 */
export async function authenticateRequest(
  request: Request,
  authenticator: Authenticator,
  need: Need,
): Promise<Principal> {
  const principal = await identify(request, authenticator);
  if (need === "trade" && !principal.canTrade) throw new ApiError("REJECTED_API_KEY");
  return principal;
}

function identify(request: Request, authenticator: Authenticator): Promise<Principal> {
  const apiKey = request.get("X-MBX-APIKEY");
  if (apiKey !== undefined) return authenticator.bySignature(signedRequest(request, apiKey));
  const bearer = /^Bearer (\S+)$/.exec(request.get("Authorization") ?? "")?.[1];
  if (bearer !== undefined) return authenticator.bySession(bearer);
  const cookie = cookieOf(request.get("Cookie"), SESSION_COOKIE);
  if (cookie === undefined) throw new ApiError("BAD_API_KEY_FORMAT");
  if (request.method !== "GET" && !isSameOrigin(request)) throw new ApiError("FOREIGN_ORIGIN");
  return authenticator.bySession(cookie);
}

/** What was signed: the query, then the body, each as received but for the `signature` parameter. */
function signedRequest(request: Request, apiKey: string): Parameters<Authenticator["bySignature"]>[0] {
  const mark = request.originalUrl.indexOf("?");
  const parts = [
    mark < 0 ? "" : request.originalUrl.slice(mark + 1),
    request.rawBody?.toString("utf8") ?? "",
  ];
  const parameters = new Map<string, string>();
  let payload = "";
  for (const part of parts) {
    const pieces = part.split("&");
    for (const piece of pieces) {
      const [name = "", value = ""] = piece.split("=", 2);
      if (!parameters.has(name)) parameters.set(name, safeDecode(value));
    }
    payload += pieces.filter((piece) => !piece.startsWith("signature=")).join("&");
  }
  const signature = parameters.get("signature");
  if (signature === undefined || signature === "")
    throw new ApiError("MANDATORY_PARAM", { field: "signature" });
  return {
    apiKey,
    payload,
    signature,
    timestamp: parameters.get("timestamp"),
    recvWindow: parameters.get("recvWindow"),
  };
}

function safeDecode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new ApiError("ILLEGAL_CHARACTERS");
  }
}

/** One cookie of a Cookie header. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(";") ?? []) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
