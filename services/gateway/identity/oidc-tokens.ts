import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from "jose";
import type { Clock } from "#shared/ports/clock.ts";
import { ApiError } from "#shared/protocol/errors.ts";

export interface OidcOptions {
  /** `iss` of its tokens, and where `/.well-known/openid-configuration` is: Cognito's user pool, or any other. */
  readonly issuer: string;
  /** The client id that tokens must be for. */
  readonly audience: string;
  readonly clock: Clock;
  /** How long an unknown key id does not make it ask again, ms: whoever sends rubbish does not make us ask the issuer for each. */
  readonly cooldownMs?: number;
}

/** What a token of an issuer says; times in epoch seconds. */
export interface OidcToken {
  readonly subject: string;
  readonly tokenId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Signatures by key pairs alone: with a secret the issuer's public key could be taken for one (RFC 8725, 2.1). */
const ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"];
const COOLDOWN_MS = 30_000;
/** Keys that the issuer gave up are forgotten so soon. */
const KEYS_MS = 10 * 60_000;
const TIMEOUT_MS = 3000;

/** Verifies tokens of an OIDC issuer by its published keys (JWKS), which it may change at any time: an unknown key id is looked for there. */
export class OidcTokens {
  readonly #options: OidcOptions;
  #keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;

  constructor(options: OidcOptions) {
    this.#options = options;
  }

  /** True for a token that says that this issuer made it. */
  isOf(token: string): boolean {
    try {
      return decodeJwt(token).iss === this.#options.issuer;
    } catch {
      return false;
    }
  }

  /** Throws UNAUTHORIZED for anything but a valid token for us, OVERLOADED while the issuer's keys cannot be had. */
  async read(token: string): Promise<OidcToken> {
    const { issuer, clock } = this.#options;
    try {
      const keys = await this.#published();
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        issuer,
        currentDate: new Date(clock.now()),
        requiredClaims: ["sub", "iat", "exp"],
      });
      if (!this.#isForUs(payload)) throw new ApiError("UNAUTHORIZED");
      const { sub = "", iat = 0, exp = 0, jti } = payload;
      return { subject: sub, tokenId: jti ?? `${sub}/${iat}`, issuedAt: iat, expiresAt: exp };
    } catch (error) {
      if (error instanceof ApiError) throw error;
      const isUnreachable = error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError);
      throw isUnreachable
        ? new ApiError("OVERLOADED", { retryAfterSeconds: 1 })
        : new ApiError("UNAUTHORIZED");
    }
  }

  /** An id token names us in `aud`; an access token of Cognito in `client_id`, and has no `aud`. */
  #isForUs({ aud, client_id, token_use }: JWTPayload): boolean {
    const { audience } = this.#options;
    if (aud !== undefined) return [aud].flat().includes(audience);
    return token_use === "access" && client_id === audience;
  }

  #published() {
    this.#keys ??= this.#discover().catch((error: unknown) => {
      this.#keys = undefined;
      throw error;
    });
    return this.#keys;
  }

  async #discover() {
    const { issuer, cooldownMs = COOLDOWN_MS } = this.#options;
    const response = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`the issuer answers ${response.status}`);
    const found = (await response.json()) as { readonly issuer?: string; readonly jwks_uri?: string };
    // Whoever answers in the issuer's place must not choose the keys (OpenID Connect Discovery 1.0, 4.3).
    if (found.issuer !== issuer || found.jwks_uri === undefined) throw new Error("another issuer answers");
    return createRemoteJWKSet(new URL(found.jwks_uri), {
      cooldownDuration: cooldownMs,
      cacheMaxAge: KEYS_MS,
      timeoutDuration: TIMEOUT_MS,
    });
  }
}
