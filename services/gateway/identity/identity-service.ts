import { createHmac, timingSafeEqual } from "node:crypto";
import type { AccountId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { ApiKeyRecord, IdentityStore } from "#shared/ports/identity-store.ts";
import type { Random } from "#shared/ports/random.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { Passwords } from "./passwords.ts";
import type { Authenticator, Principal, SignedRequest } from "./principal.ts";
import { checkRequestTime } from "./request-time.ts";
import { SecretBox } from "./secret-box.ts";
import { Sessions } from "./sessions.ts";

export interface IdentityDependencies {
  readonly store: IdentityStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly mintAccount: () => AccountId;
  readonly sessionLifetimeSeconds: number;
}

export interface SignedIn {
  readonly token: string;
  readonly user: string;
  readonly account: AccountId;
}

/** An API key as its owner may see it at any time: without the secret. */
export type ApiKeyInfo = Pick<ApiKeyRecord, "apiKey" | "label" | "canTrade" | "createdAt">;

/**
 * Keys that were used lately stay at hand, so that a signed request does not go to the store each time; not for long, because
 * another gateway may delete them.
 */
const MAX_CACHED_KEYS = 10_000;
const CACHED_KEY_MS = 5000;
const MAX_KEYS_PER_ACCOUNT = 20;
const API_KEY = /^[A-Za-z0-9]{64}$/;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

interface OpenKey {
  readonly principal: Principal;
  readonly secret: string;
  /** Monotonic ms. */
  readonly readAt: number;
}

/** Makes an identity service; its two installation secrets are made on the first start. */
export async function createIdentityService(dependencies: IdentityDependencies): Promise<IdentityService> {
  const { store, clock, random, sessionLifetimeSeconds } = dependencies;
  const sessionKey = await store.installationSecret("session-key", () => random.bytes(32));
  const sealKey = await store.installationSecret("api-secret-key", () => random.bytes(32));
  const sessions = new Sessions(sessionKey, clock, sessionLifetimeSeconds);
  return new IdentityService(dependencies, sessions, new SecretBox(sealKey, random));
}

/** Users, sessions and API keys. */
export class IdentityService implements Authenticator {
  readonly #dependencies: IdentityDependencies;
  readonly #sessions: Sessions;
  readonly #box: SecretBox;
  readonly #passwords: Passwords;
  readonly #keys = new Map<string, OpenKey>();
  readonly #revocationListeners: ((account: AccountId) => void)[] = [];

  constructor(dependencies: IdentityDependencies, sessions: Sessions, box: SecretBox) {
    this.#dependencies = dependencies;
    this.#sessions = sessions;
    this.#box = box;
    this.#passwords = new Passwords(dependencies.random);
  }

  get sessionLifetimeSeconds(): number {
    return this.#sessions.lifetimeSeconds;
  }

  /** Throws NAME_TAKEN. */
  async signUp(name: string, password: string): Promise<SignedIn> {
    const { store, clock, mintAccount } = this.#dependencies;
    const passwordHash = await this.#passwords.hash(password);
    const account = mintAccount();
    const isNew = await store.addUser({ account, name, passwordHash, createdAt: clock.now() });
    if (!isNew) throw new ApiError("NAME_TAKEN", { field: "name" });
    return this.#signedIn(account, name);
  }

  /** Throws WRONG_PASSWORD, for an unknown name too. */
  async signIn(name: string, password: string): Promise<SignedIn> {
    const user = await this.#dependencies.store.userByName(name);
    const matches = await this.#passwords.matches(password, user?.passwordHash);
    if (user === undefined || !matches) throw new ApiError("WRONG_PASSWORD");
    return this.#signedIn(user.account, user.name);
  }

  /** This session ends, wherever its token was copied to; a token that is not valid is none. */
  async signOut(token: string): Promise<void> {
    const { store, clock } = this.#dependencies;
    const session = await this.#sessions.read(token).catch(noSession);
    if (session === undefined) return;
    await store.revokeSession(session, Math.floor(clock.now() / 1000));
    this.#tellRevoked(session.account);
  }

  /** Every session issued until now ends. */
  async signOutEverywhere(account: AccountId): Promise<void> {
    const { store, clock } = this.#dependencies;
    await store.setSessionsValidFrom(account, Math.floor(clock.now() / 1000) + 1);
    this.#tellRevoked(account);
  }

  async bySession(token: string): Promise<Principal> {
    const { store } = this.#dependencies;
    const { account, user, sessionId, issuedAt } = await this.#sessions.read(token);
    const isOver =
      issuedAt < (await store.sessionsValidFrom(account)) || (await store.isSessionRevoked(sessionId));
    if (isOver) throw new ApiError("UNAUTHORIZED");
    return { account, user, via: "session", canTrade: true };
  }

  async bySignature({
    apiKey,
    payload,
    signature,
    timestamp,
    recvWindow,
  }: SignedRequest): Promise<Principal> {
    const { principal, secret } = await this.#openKey(apiKey);
    checkRequestTime(this.#dependencies.clock.now(), timestamp, recvWindow);
    const expected = createHmac("sha256", secret).update(payload).digest();
    const actual = /^[0-9a-fA-F]{64}$/.test(signature)
      ? Buffer.from(signature, "hex")
      : Buffer.alloc(expected.length);
    if (!timingSafeEqual(expected, actual)) throw new ApiError("INVALID_SIGNATURE");
    return principal;
  }

  async byApiKey(apiKey: string): Promise<Principal> {
    return (await this.#openKey(apiKey)).principal;
  }

  /** The secret is shown here and never again. Throws TOO_MANY_KEYS. */
  async createApiKey(
    account: AccountId,
    label: string,
    canTrade: boolean,
  ): Promise<ApiKeyInfo & { secret: string }> {
    const { store, clock } = this.#dependencies;
    if ((await store.apiKeysOf(account)).length >= MAX_KEYS_PER_ACCOUNT) throw new ApiError("TOO_MANY_KEYS");
    const apiKey = this.#randomText();
    const secret = this.#randomText();
    const sealedSecret = this.#box.seal(apiKey, secret);
    const info = { apiKey, label, canTrade, createdAt: clock.now() };
    await store.addApiKey({ ...info, account, sealedSecret });
    return { ...info, secret };
  }

  async apiKeysOf(account: AccountId): Promise<ApiKeyInfo[]> {
    const keys = await this.#dependencies.store.apiKeysOf(account);
    return keys.map(({ apiKey, label, canTrade, createdAt }) => ({ apiKey, label, canTrade, createdAt }));
  }

  /** Throws NO_SUCH_KEY. */
  async deleteApiKey(account: AccountId, apiKey: string): Promise<void> {
    if (!(await this.#dependencies.store.deleteApiKey(account, apiKey))) throw new ApiError("NO_SUCH_KEY");
    this.#keys.delete(apiKey);
    this.#tellRevoked(account);
  }

  onRevoked(listener: (account: AccountId) => void): void {
    this.#revocationListeners.push(listener);
  }

  #tellRevoked(account: AccountId): void {
    for (const listener of this.#revocationListeners) listener(account);
  }

  async #signedIn(account: AccountId, user: string): Promise<SignedIn> {
    const sessionId = Buffer.from(this.#dependencies.random.bytes(16)).toString("hex");
    const notBefore = await this.#dependencies.store.sessionsValidFrom(account);
    return { token: await this.#sessions.issue(account, user, sessionId, notBefore), user, account };
  }

  async #openKey(apiKey: string): Promise<OpenKey> {
    if (!API_KEY.test(apiKey)) throw new ApiError("BAD_API_KEY_FORMAT");
    const { store, clock } = this.#dependencies;
    const now = clock.monotonic();
    const cached = this.#keys.get(apiKey);
    if (cached !== undefined && now - cached.readAt < CACHED_KEY_MS) return cached;
    this.#keys.delete(apiKey);
    const record = await store.apiKey(apiKey);
    if (record === undefined) throw new ApiError("REJECTED_API_KEY");
    const user = await store.userByAccount(record.account);
    if (user === undefined) throw new ApiError("REJECTED_API_KEY");
    const principal: Principal = {
      account: user.account,
      user: user.name,
      via: "api-key",
      canTrade: record.canTrade,
    };
    const open = { principal, secret: this.#box.open(apiKey, record.sealedSecret), readAt: now };
    if (this.#keys.size >= MAX_CACHED_KEYS)
      for (const [oldest] of this.#keys) {
        this.#keys.delete(oldest);
        break;
      }
    this.#keys.set(apiKey, open);
    return open;
  }

  /** 64 characters, as Binance's keys and secrets have. */
  #randomText(): string {
    return Array.from({ length: 64 }, () => ALPHABET[this.#dependencies.random.below(ALPHABET.length)]).join(
      "",
    );
  }
}

function noSession(error: unknown): undefined {
  if (!(error instanceof ApiError)) throw error;
}
