import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { systemClock } from "#shared/adapters/real/system-clock.ts";

/** For whom its tokens are, where nothing else is said. */
export const AUDIENCE = "meridian-client";

export type TestIssuer = Awaited<ReturnType<typeof startIssuer>>;

/** An issuer of its own: real keys, published over HTTP, and rotated at will. */
export async function startIssuer() {
  let keys: JWK[] = [];
  let asked = 0;
  let current: { readonly kid: string; readonly key: CryptoKey; readonly alg: string } | undefined;
  let isAway = false;
  const server: Server = createServer((request, response) => {
    if (isAway) return void response.writeHead(503).end();
    if (request.url === "/.well-known/jwks.json") asked++;
    const body =
      request.url === "/.well-known/openid-configuration"
        ? { issuer: issuer.url, jwks_uri: `${issuer.url}/.well-known/jwks.json` }
        : { keys };
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get asked() {
      return asked;
    },
    set isAway(away: boolean) {
      isAway = away;
    },
    /** A new key for new tokens; the one before stays published, unless it is given up. */
    async rotate(kid: string, alg: string, givesUp = false): Promise<void> {
      const { privateKey, publicKey } = await generateKeyPair(alg);
      keys = [...(givesUp ? [] : keys), { ...(await exportJWK(publicKey)), kid, alg }];
      current = { kid, key: privateKey, alg };
    },
    token(
      claims: Record<string, unknown> = {},
      times: { readonly iat?: number; readonly exp?: number } = {},
    ) {
      if (current === undefined) throw new Error("no key yet");
      const now = Math.floor(systemClock().now() / 1000);
      return new SignJWT({ aud: AUDIENCE, iss: issuer.url, sub: "user-1", jti: "t1", ...claims })
        .setProtectedHeader({ alg: current.alg, kid: current.kid })
        .setIssuedAt(times.iat ?? now)
        .setExpirationTime(times.exp ?? now + 600)
        .sign(current.key);
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return issuer;
}
