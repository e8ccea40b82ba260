import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { ApiError } from "#shared/protocol/errors.ts";
import { cookieOf } from "../identity/authenticate-request.ts";
import type { Authenticator, Principal } from "../identity/principal.ts";
import { isSameOrigin } from "../identity/same-origin.ts";

const AUTH = z.object({
  token: z.string().max(4096).optional(),
  apiKey: z.string().max(128).optional(),
  timestamp: z.number().int().nonnegative().optional(),
  signature: z.string().max(1024).optional(),
});

export interface HandshakeDependencies {
  readonly authenticator: Authenticator;
  readonly sessionCookieName: string;
  /** Origins, besides the gateway's own, whose pages may use the session cookie. */
  readonly allowedOrigins: readonly string[];
}

/** Who a socket speaks for, and how to ask later whether it still does. */
export interface Identified {
  readonly principal: Principal | undefined;
  readonly recheck: () => Promise<unknown>;
}

/**
 * Who a socket speaks for: a signature, a session token, else the page's cookie; nobody without any. Browsers send the cookie with a
 * socket that any site opens, so it counts only from our own pages. Throws `ApiError`.
 */
export async function identifyHandshake(
  request: IncomingMessage,
  auth: unknown,
  { authenticator, sessionCookieName, allowedOrigins }: HandshakeDependencies,
): Promise<Identified> {
  const parsed = AUTH.safeParse(auth ?? {});
  if (!parsed.success) throw new ApiError("UNAUTHORIZED");
  const { token, apiKey, timestamp, signature } = parsed.data;
  if (apiKey !== undefined) {
    if (timestamp === undefined) throw new ApiError("MANDATORY_PARAM", { field: "timestamp" });
    if (signature === undefined) throw new ApiError("MANDATORY_PARAM", { field: "signature" });
    const payload = Buffer.from(`timestamp=${timestamp}`);
    const signed = { apiKey, payload, signature, timestamp: String(timestamp), recvWindow: undefined };
    const principal = await authenticator.bySignature(signed);
    return { principal, recheck: () => authenticator.byApiKey(apiKey) };
  }
  const session = token ?? cookieOf(request.headers.cookie, sessionCookieName);
  if (session === undefined) return { principal: undefined, recheck: async () => undefined };
  if (token === undefined && !isOwnPage(request, allowedOrigins)) throw new ApiError("FOREIGN_ORIGIN");
  const recheck = () => authenticator.bySession(session);
  return { principal: await recheck(), recheck };
}

function isOwnPage(request: IncomingMessage, allowedOrigins: readonly string[]): boolean {
  const { origin } = request.headers;
  return isSameOrigin(request) || (origin !== undefined && allowedOrigins.includes(origin));
}
