import type { AccountId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { IdentityStore, UserRecord } from "#shared/ports/identity-store.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Sealer } from "#shared/ports/sealer.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { type ApiKeyInfo, ApiKeys } from "./api-keys.ts";
import type { OidcTokens } from "./oidc-tokens.ts";
import { Passwords } from "./passwords.ts";
import type { Authenticator, Principal, SignedRequest } from "./principal.ts";
import { checkRequestTime } from "./request-time.ts";
import { type Session, Sessions } from "./sessions.ts";

export interface IdentityDependencies {
  readonly store: IdentityStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly mintAccount: () => AccountId;
  readonly sessionLifetimeSeconds: number;
  /** What seals API secrets at rest, of the installation's key of 32 bytes. */
  readonly sealerOf: (key: Uint8Array) => Sealer;
  /** Whose tokens are taken as well as our own; none where users sign up here alone. */
  readonly oidc?: OidcTokens | undefined;
}

export interface SignedIn {
  readonly token: string;
  readonly user: string;
  readonly account: AccountId;
}

/** A token with which one who has shown a key acts elsewhere: long enough for one request. */
const ACT_SECONDS = 60;
/** Users of an issuer are named so: no name that one signs up with has this sign. */
const OIDC_NAME = "oidc|";

/** Makes an identity service; its two installation secrets are made on the first start. */
export async function createIdentityService(dependencies: IdentityDependencies): Promise<IdentityService> {
  const { store, clock, random, sessionLifetimeSeconds, sealerOf } = dependencies;
  const sessionKey = await store.installationSecret("session-key", () => random.bytes(32));
  const sealer = sealerOf(await store.installationSecret("api-secret-key", () => random.bytes(32)));
  const sessions = new Sessions(sessionKey, clock, sessionLifetimeSeconds);
  return new IdentityService(dependencies, sessions, sealer);
}

/** Users, sessions and API keys. */
export class IdentityService implements Authenticator {
  /** Seals what belongs to users: with the installation's key, bound to a name. */
  readonly sealer: Sealer;
  readonly #dependencies: IdentityDependencies;
  readonly #sessions: Sessions;
  readonly #passwords: Passwords;
  readonly #keys: ApiKeys;
  readonly #revocationListeners: ((account: AccountId) => void)[] = [];

  constructor(dependencies: IdentityDependencies, sessions: Sessions, sealer: Sealer) {
    this.#dependencies = dependencies;
    this.#sessions = sessions;
    this.sealer = sealer;
    this.#passwords = new Passwords(dependencies.random);
    this.#keys = new ApiKeys({ ...dependencies, sealer });
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
    // Whom an issuer knows has no password here.
    const hash = user?.passwordHash === "" ? undefined : user?.passwordHash;
    const matches = await this.#passwords.matches(password, hash);
    if (user === undefined || !matches) throw new ApiError("WRONG_PASSWORD");
    return this.#signedIn(user.account, user.name);
  }

  /** This session ends, wherever its token was copied to; a token that is not valid is none. */
  async signOut(token: string): Promise<void> {
    const { store, clock } = this.#dependencies;
    const session = await this.#read(token).catch(noSession);
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
    const { account, user, sessionId, issuedAt } = await this.#read(token);
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
    const { principal, material } = await this.#keys.open(apiKey);
    checkRequestTime(this.#dependencies.clock.now(), timestamp, recvWindow);
    if (!material.verifies(payload, signature)) throw new ApiError("INVALID_SIGNATURE");
    return principal;
  }

  async byApiKey(apiKey: string): Promise<Principal> {
    return (await this.#keys.open(apiKey)).principal;
  }

  /** A session's token for one request in the name of who has shown who it is, for a door that hands the request on. */
  async actFor({ account, user }: Principal): Promise<string> {
    return (await this.#signedIn(account, user, ACT_SECONDS)).token;
  }

  /** The secret is shown here and never again. Throws TOO_MANY_KEYS. */
  createApiKey(
    account: AccountId,
    label: string,
    canTrade: boolean,
  ): Promise<ApiKeyInfo & { readonly secret: string }> {
    return this.#keys.create(account, label, canTrade);
  }

  /** A key whose requests are signed with the private half of an Ed25519 key pair. Throws INVALID_FIELD, TOO_MANY_KEYS. */
  registerPublicKey(
    account: AccountId,
    label: string,
    canTrade: boolean,
    publicKey: string,
  ): Promise<ApiKeyInfo> {
    return this.#keys.register(account, label, canTrade, publicKey);
  }

  apiKeysOf(account: AccountId): Promise<ApiKeyInfo[]> {
    return this.#keys.of(account);
  }

  /** Throws NO_SUCH_KEY. */
  async deleteApiKey(account: AccountId, apiKey: string): Promise<void> {
    if (!(await this.#keys.delete(account, apiKey))) throw new ApiError("NO_SUCH_KEY");
    this.#tellRevoked(account);
  }

  onRevoked(listener: (account: AccountId) => void): void {
    this.#revocationListeners.push(listener);
  }

  #tellRevoked(account: AccountId): void {
    for (const listener of this.#revocationListeners) listener(account);
  }

  async #signedIn(account: AccountId, user: string, seconds?: number): Promise<SignedIn> {
    const sessionId = Buffer.from(this.#dependencies.random.bytes(16)).toString("hex");
    const notBefore = await this.#dependencies.store.sessionsValidFrom(account);
    const token = await this.#sessions.issue(account, user, sessionId, notBefore, seconds);
    return { token, user, account };
  }

  /** A token of our own, or of the issuer. Throws UNAUTHORIZED, OVERLOADED. */
  async #read(token: string): Promise<Session> {
    const { oidc } = this.#dependencies;
    if (oidc === undefined || !oidc.isOf(token)) return this.#sessions.read(token);
    const { subject, tokenId, issuedAt, expiresAt } = await oidc.read(token);
    const { account, name } = await this.#userOfIssuer(subject);
    return { account, user: name, sessionId: `oidc/${tokenId}`, issuedAt, expiresAt };
  }

  /** Whom the issuer knows has an account here from the first token on. */
  async #userOfIssuer(subject: string): Promise<UserRecord> {
    const { store, clock, mintAccount } = this.#dependencies;
    const name = `${OIDC_NAME}${subject}`;
    const known = await store.userByName(name);
    if (known !== undefined) return known;
    const user: UserRecord = { account: mintAccount(), name, passwordHash: "", createdAt: clock.now() };
    if (await store.addUser(user)) return user;
    // Another request of the same user was quicker.
    const there = await store.userByName(name);
    if (there === undefined) throw new ApiError("OVERLOADED", { retryAfterSeconds: 1 });
    return there;
  }
}

function noSession(error: unknown): undefined {
  if (!(error instanceof ApiError)) throw error;
}
