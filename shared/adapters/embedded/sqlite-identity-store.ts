import type { AccountId } from "#shared/domain/ids.ts";
import type { ApiKeyRecord, IdentityStore, UserRecord } from "#shared/ports/identity-store.ts";
import { type DatabaseFile, openDatabase } from "./open-database.ts";

const SCHEMA = {
  version: 2,
  statements: `
    CREATE TABLE users (
      account INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, password_hash TEXT NOT NULL, created_at INTEGER NOT NULL,
      sessions_valid_from INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE api_keys (
      api_key TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES users, label TEXT NOT NULL, sealed_secret BLOB NOT NULL,
      can_trade INTEGER NOT NULL, created_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX api_keys_by_account ON api_keys (account);
    CREATE TABLE revoked_sessions (session_id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT;
    CREATE INDEX revoked_sessions_by_end ON revoked_sessions (expires_at);
    CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT`,
};

type Row = Record<string, unknown>;

/** Opens the users and API keys of an installation. */
export function openSqliteIdentityStore(options: DatabaseFile): IdentityStore {
  const database = openDatabase(options, SCHEMA);
  const statements = {
    addUser: database.prepare(
      "INSERT INTO users (account, name, password_hash, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
    ),
    userByName: database.prepare("SELECT * FROM users WHERE name = ?"),
    userByAccount: database.prepare("SELECT * FROM users WHERE account = ?"),
    addApiKey: database.prepare("INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?)"),
    apiKey: database.prepare("SELECT * FROM api_keys WHERE api_key = ?"),
    apiKeysOf: database.prepare("SELECT * FROM api_keys WHERE account = ? ORDER BY created_at, api_key"),
    deleteApiKey: database.prepare("DELETE FROM api_keys WHERE account = ? AND api_key = ?"),
    setValidFrom: database.prepare(
      "UPDATE users SET sessions_valid_from = max(sessions_valid_from, ?) WHERE account = ?",
    ),
    forgetRevoked: database.prepare("DELETE FROM revoked_sessions WHERE expires_at < ?"),
    revoke: database.prepare("INSERT INTO revoked_sessions VALUES (?, ?) ON CONFLICT DO NOTHING"),
    revoked: database.prepare("SELECT 1 FROM revoked_sessions WHERE session_id = ?"),
    addSecret: database.prepare("INSERT INTO secrets VALUES (?, ?) ON CONFLICT DO NOTHING"),
    secret: database.prepare("SELECT value FROM secrets WHERE name = ?"),
  };
  let closed = false;
  return {
    addUser: async ({ account, name, passwordHash, createdAt }) =>
      statements.addUser.run(account, name, passwordHash, createdAt).changes === 1,
    userByName: async (name) => userOf(statements.userByName.get(name)),
    userByAccount: async (account) => userOf(statements.userByAccount.get(account)),
    addApiKey: async ({ apiKey, account, label, sealedSecret, canTrade, createdAt }) => {
      statements.addApiKey.run(apiKey, account, label, sealedSecret, canTrade ? 1 : 0, createdAt);
    },
    apiKey: async (apiKey) => keyOf(statements.apiKey.get(apiKey)),
    apiKeysOf: async (account) => statements.apiKeysOf.all(account).flatMap((row) => keyOf(row) ?? []),
    deleteApiKey: async (account, apiKey) => statements.deleteApiKey.run(account, apiKey).changes === 1,
    sessionsValidFrom: async (account) =>
      Number(statements.userByAccount.get(account)?.sessions_valid_from ?? 0),
    setSessionsValidFrom: async (account, epochSeconds) => {
      statements.setValidFrom.run(epochSeconds, account);
    },
    revokeSession: async ({ sessionId, expiresAt }, now) => {
      statements.forgetRevoked.run(now);
      statements.revoke.run(sessionId, expiresAt);
    },
    isSessionRevoked: async (sessionId) => statements.revoked.get(sessionId) !== undefined,
    installationSecret: async (name, make) => {
      if (statements.secret.get(name) === undefined) statements.addSecret.run(name, make());
      return statements.secret.get(name)?.value as Uint8Array;
    },
    close: async () => {
      if (!closed) database.close();
      closed = true;
    },
  };
}

function userOf(row: Row | undefined): UserRecord | undefined {
  if (row === undefined) return undefined;
  return {
    account: row.account as AccountId,
    name: row.name as string,
    passwordHash: row.password_hash as string,
    createdAt: row.created_at as number,
  };
}

function keyOf(row: Row | undefined): ApiKeyRecord | undefined {
  if (row === undefined) return undefined;
  return {
    apiKey: row.api_key as string,
    account: row.account as AccountId,
    label: row.label as string,
    sealedSecret: row.sealed_secret as Uint8Array,
    canTrade: row.can_trade === 1,
    createdAt: row.created_at as number,
  };
}
