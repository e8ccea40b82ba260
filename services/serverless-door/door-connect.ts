import type { Authenticator, Principal } from "#services/gateway/identity/principal.ts";
import { ApiError } from "#shared/protocol/errors.ts";

/** What a client says when it connects: the address's query, decoded, and headers in lower case. */
export interface DoorCredentials {
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Who connected, and with what it acts later. */
export type Connected =
  | { readonly principal: Principal; readonly via: "session"; readonly token: string }
  | { readonly principal: Principal; readonly via: "api-key"; readonly apiKey: string };

/**
 * Who connects: `?token=` or a bearer header with a session's token; or `?apiKey=&timestamp=&signature=`, `recvWindow` too, where all parameters but the signature are signed, sorted by name, as Binance's WebSocket API has it. Throws `ApiError`.
 */
export async function identifyConnect(
  { query, headers }: DoorCredentials,
  authenticator: Authenticator,
): Promise<Connected> {
  const { apiKey, signature, timestamp, recvWindow } = query;
  if (apiKey !== undefined) {
    if (signature === undefined || signature === "")
      throw new ApiError("MANDATORY_PARAM", { field: "signature" });
    const signed = Object.entries(query)
      .filter(([name]) => name !== "signature")
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => `${name}=${value ?? ""}`)
      .join("&");
    const payload = Buffer.from(signed);
    const principal = await authenticator.bySignature({ apiKey, payload, signature, timestamp, recvWindow });
    return { principal, via: "api-key", apiKey };
  }
  const token = query.token ?? /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1];
  if (token === undefined) throw new ApiError("UNAUTHORIZED");
  return { principal: await authenticator.bySession(token), via: "session", token };
}
