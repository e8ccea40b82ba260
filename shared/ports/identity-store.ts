import type { AccountId } from "#shared/domain/ids.ts";

/** Users and API keys. Holds no secret in clear: passwords as scrypt hashes, API secrets sealed by the identity service. */
export interface IdentityStore {
  /** `false` if the name is taken (names compare case-insensitively); nothing is changed then. */
  addUser(user: UserRecord): Promise<boolean>;
  userByName(name: string): Promise<UserRecord | undefined>;
  userByAccount(account: AccountId): Promise<UserRecord | undefined>;
  addApiKey(key: ApiKeyRecord): Promise<void>;
  apiKey(apiKey: string): Promise<ApiKeyRecord | undefined>;
  apiKeysOf(account: AccountId): Promise<readonly ApiKeyRecord[]>;
  /** `false` if the account has no such key. */
  deleteApiKey(account: AccountId, apiKey: string): Promise<boolean>;
  /** The lowest acceptable issue time (epoch seconds) of session tokens: sign-out everywhere raises it. */
  sessionsValidFrom(account: AccountId): Promise<number>;
  setSessionsValidFrom(account: AccountId, epochSeconds: number): Promise<void>;
  /** Ends one session for good. Revocations of sessions that expired before `now` may be forgotten. Epoch seconds. */
  revokeSession(revoked: RevokedSession, now: number): Promise<void>;
  isSessionRevoked(sessionId: string): Promise<boolean>;
  /** A secret of the installation, made once by `make` and the same for ever after. */
  installationSecret(name: string, make: () => Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface UserRecord {
  readonly account: AccountId;
  /** What the user signs in with; `userID` of the simple order message. */
  readonly name: string;
  /** Self-describing scrypt hash. */
  readonly passwordHash: string;
  readonly createdAt: number;
}

export interface RevokedSession {
  readonly sessionId: string;
  /** When its token would have expired by itself, epoch seconds. */
  readonly expiresAt: number;
}

export interface ApiKeyRecord {
  readonly apiKey: string;
  readonly account: AccountId;
  readonly label: string;
  /** Encrypted, authenticated. */
  readonly sealedSecret: Uint8Array;
  readonly canTrade: boolean;
  readonly createdAt: number;
}
