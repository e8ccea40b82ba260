import { errors, jwtVerify, SignJWT } from "jose";
import type { AccountId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { ApiError } from "#shared/protocol/errors.ts";

const ISSUER = "meridian";

/** Session tokens: JWTs signed by HMAC-SHA256 with a secret of the installation, expiring. */
export class Sessions {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  readonly lifetimeSeconds: number;

  constructor(key: Uint8Array, clock: Clock, lifetimeSeconds: number) {
    this.#key = key;
    this.#clock = clock;
    this.lifetimeSeconds = lifetimeSeconds;
  }

  issue(account: AccountId, user: string): Promise<string> {
    const now = Math.floor(this.#clock.now() / 1000);
    return new SignJWT({ user })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer(ISSUER)
      .setSubject(String(account))
      .setIssuedAt(now)
      .setExpirationTime(now + this.lifetimeSeconds)
      .sign(this.#key);
  }

  /** Throws `ApiError` UNAUTHORIZED for anything but a valid token that this installation issued. */
  async read(token: string): Promise<{ account: AccountId; user: string; issuedAt: number }> {
    try {
      const currentDate = new Date(this.#clock.now());
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: ["HS256"],
        issuer: ISSUER,
        currentDate,
      });
      return {
        account: Number(payload.sub) as AccountId,
        user: String(payload.user),
        issuedAt: payload.iat ?? 0,
      };
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new ApiError("UNAUTHORIZED");
      throw error;
    }
  }
}
