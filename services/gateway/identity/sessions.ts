import { errors, jwtVerify, SignJWT } from "jose";
import type { AccountId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { ApiError } from "#shared/protocol/errors.ts";

const ISSUER = "meridian";
/** A client sends its token with every request: so many are remembered as issued by this installation. */
const REMEMBERED_MAX = 10_000;
/** How long a session lasts, s. */
export const SESSION_SECONDS = 7 * 24 * 60 * 60;

/** What a token says; times in epoch seconds. */
export interface Session {
  readonly account: AccountId;
  readonly user: string;
  readonly sessionId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Session tokens: JWTs signed by HMAC-SHA256 with a secret of the installation, expiring. */
export class Sessions {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  /** Tokens whose signature was right, the oldest first: the same bytes are right for ever, until they expire. */
  readonly #verified = new Map<string, Session>();
  readonly lifetimeSeconds: number;

  constructor(key: Uint8Array, clock: Clock, lifetimeSeconds: number) {
    this.#key = key;
    this.#clock = clock;
    this.lifetimeSeconds = lifetimeSeconds;
  }

  /**
   * A token under an id of its own.
   * @param notBefore the least issue time that the account's tokens may have, epoch seconds: a sign-in right after "sign out everywhere" must hold
   * @param seconds how long it is valid; as all sessions if not given
   */
  issue(
    account: AccountId,
    user: string,
    sessionId: string,
    notBefore: number,
    seconds = this.lifetimeSeconds,
  ): Promise<string> {
    const now = Math.max(Math.floor(this.#clock.now() / 1000), notBefore);
    return new SignJWT({ user })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer(ISSUER)
      .setSubject(String(account))
      .setJti(sessionId)
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(this.#key);
  }

  /** Throws `ApiError` UNAUTHORIZED for anything but a valid token that this installation issued. */
  async read(token: string): Promise<Session> {
    const known = this.#verified.get(token);
    if (known !== undefined && known.expiresAt * 1000 > this.#clock.now()) return known;
    this.#verified.delete(token);
    const session = await this.#verify(token);
    this.#verified.set(token, session);
    const [oldest] = this.#verified.keys();
    if (this.#verified.size > REMEMBERED_MAX && oldest !== undefined) this.#verified.delete(oldest);
    return session;
  }

  async #verify(token: string): Promise<Session> {
    try {
      const currentDate = new Date(this.#clock.now());
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: ["HS256"],
        issuer: ISSUER,
        currentDate,
        requiredClaims: ["sub", "user", "jti", "iat", "exp"],
      });
      return {
        account: Number(payload.sub) as AccountId,
        user: String(payload.user),
        sessionId: String(payload.jti),
        issuedAt: Number(payload.iat),
        expiresAt: Number(payload.exp),
      };
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new ApiError("UNAUTHORIZED");
      throw error;
    }
  }
}
