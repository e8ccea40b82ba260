import type { Request } from "express";
import { ApiError } from "#shared/protocol/errors.ts";
import { rememberKey } from "../telemetry/key-usage.ts";
import type { Authenticator, Principal, SignedRequest } from "./principal.ts";
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
  const { apiKey, account } = principal;
  if (apiKey !== undefined) rememberKey(request.res, { apiKey, account });
  if (need === "trade" && !principal.canTrade) throw new ApiError("REJECTED_API_KEY");
  return principal;
}

function identify(request: Request, authenticator: Authenticator): Promise<Principal> {
  const apiKey = request.get("X-MBX-APIKEY");
  if (apiKey !== undefined) return authenticator.bySignature(signedRequest(request, apiKey));
  const bearer = bearerOf(request);
  if (bearer !== undefined) return authenticator.bySession(bearer);
  const cookie = cookieOf(request.get("Cookie"), SESSION_COOKIE);
  if (cookie === undefined) throw new ApiError("BAD_API_KEY_FORMAT");
  if (request.method !== "GET" && !isSameOrigin(request)) throw new ApiError("FOREIGN_ORIGIN");
  return authenticator.bySession(cookie);
}

/** The session token that a request carries, valid or not. */
export function sessionTokenOf(request: Request): string | undefined {
  return bearerOf(request) ?? cookieOf(request.get("Cookie"), SESSION_COOKIE);
}

function bearerOf(request: Request): string | undefined {
  return /^Bearer (\S+)$/.exec(request.get("Authorization") ?? "")?.[1];
}

/**
 * What was signed: the query, then the body, each byte for byte as received but for the `signature` parameter of the query and of a
 * urlencoded body; a body of another type (the simple order's JSON) has no parameters and is signed whole.
 */
function signedRequest(request: Request, apiKey: string): SignedRequest {
  const mark = request.originalUrl.indexOf("?");
  // Node gives the address, and latin1 gives the body, with one character a byte: nothing is decoded, so nothing is lost.
  const query = mark < 0 ? "" : request.originalUrl.slice(mark + 1);
  const body = request.rawBody?.toString("latin1") ?? "";
  const isForm = body !== "" && request.is("application/x-www-form-urlencoded") !== false;
  const parameters = new Map<string, string>();
  let payload = "";
  for (const part of isForm ? [query, body] : [query]) {
    const pieces = part.split("&");
    for (const piece of pieces) {
      const [name = "", value = ""] = piece.split("=", 2);
      if (!parameters.has(name)) parameters.set(name, safeDecode(value));
    }
    payload += pieces.filter((piece) => !piece.startsWith("signature=")).join("&");
  }
  if (!isForm) payload += body;
  const signature = parameters.get("signature");
  if (signature === undefined || signature === "")
    throw new ApiError("MANDATORY_PARAM", { field: "signature" });
  return {
    apiKey,
    payload: Buffer.from(payload, "latin1"),
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
