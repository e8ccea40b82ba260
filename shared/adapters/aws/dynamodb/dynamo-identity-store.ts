import type { AccountId } from "#shared/domain/ids.ts";
import type {
  ApiKeyRecord,
  IdentityStore,
  RevokedSession,
  UserRecord,
} from "#shared/ports/identity-store.ts";
import type { Sealer } from "#shared/ports/sealer.ts";
import type { Dynamo } from "./dynamo.ts";
import { IS_NEW } from "./expressions.ts";
import { bytesOf, numberOf, type Row } from "./row.ts";

export interface DynamoIdentityStoreOptions {
  /** The own Region's copy of the table: what is asked at each request. */
  readonly dynamo: Dynamo;
  /**
   * The same table in the Region that writes it, where names and accounts are unique; the own one if not given. While it cannot be reached nobody signs up
   * or makes keys, and everybody signs in.
   */
  readonly home?: Dynamo;
  /** Seals the installation's secrets, with which the gateway seals the rest. */
  readonly sealer: Sealer;
}

const KEYS_MAX = 1000;

/** Opens the users and API keys of an installation. */
export function openDynamoIdentityStore(options: DynamoIdentityStoreOptions): IdentityStore {
  return new DynamoIdentityStore(options);
}

class DynamoIdentityStore implements IdentityStore {
  readonly #dynamo: Dynamo;
  readonly #home: Dynamo;
  readonly #sealer: Sealer;

  constructor({ dynamo, home = dynamo, sealer }: DynamoIdentityStoreOptions) {
    this.#dynamo = dynamo;
    this.#home = home;
    this.#sealer = sealer;
  }

  addUser(user: UserRecord): Promise<boolean> {
    const { account, name } = user;
    return this.#home.transact([
      { table: "identity", put: { pk: nameKey(name), account }, condition: IS_NEW },
      { table: "identity", put: { ...user, pk: userKey(account), validFrom: 0 }, condition: IS_NEW },
    ]);
  }

  async userByName(name: string): Promise<UserRecord | undefined> {
    const row = await this.#get(nameKey(name));
    return row && this.userByAccount(numberOf(row, "account") as AccountId);
  }

  async userByAccount(account: AccountId): Promise<UserRecord | undefined> {
    const row = await this.#get(userKey(account));
    if (row === undefined) return undefined;
    const { pk: _, validFrom: __, ...user } = row;
    return user as unknown as UserRecord;
  }

  async addApiKey(key: ApiKeyRecord): Promise<void> {
    await this.#home.put("identity", { ...key, pk: apiKeyKey(key.apiKey), owner: ownerKey(key.account) });
  }

  async apiKey(apiKey: string): Promise<ApiKeyRecord | undefined> {
    const row = await this.#get(apiKeyKey(apiKey));
    return row && apiKeyOf(row);
  }

  async apiKeysOf(account: AccountId): Promise<readonly ApiKeyRecord[]> {
    const rows = await this.#dynamo.query("identity", {
      index: "byAccount",
      hash: ["owner", ownerKey(account)],
      limit: KEYS_MAX,
    });
    const order = (one: ApiKeyRecord, other: ApiKeyRecord) =>
      one.createdAt - other.createdAt || (one.apiKey < other.apiKey ? -1 : 1);
    return rows.map(apiKeyOf).sort(order);
  }

  async deleteApiKey(account: AccountId, apiKey: string): Promise<boolean> {
    const key = { pk: apiKeyKey(apiKey) };
    const condition = { expression: "#owner = :owner", values: { owner: ownerKey(account) } };
    return (await this.#home.remove("identity", key, condition)).ok;
  }

  async sessionsValidFrom(account: AccountId): Promise<number> {
    const row = await this.#get(userKey(account));
    return row === undefined ? 0 : numberOf(row, "validFrom");
  }

  async setSessionsValidFrom(account: AccountId, epochSeconds: number): Promise<void> {
    const condition = {
      expression: "attribute_exists(#pk) AND #validFrom < :raised",
      values: { raised: epochSeconds },
    };
    await this.#home.update(
      "identity",
      { pk: userKey(account) },
      { set: { validFrom: epochSeconds }, condition },
    );
  }

  /** DynamoDB forgets it by itself once it has expired. */
  async revokeSession({ sessionId, expiresAt }: RevokedSession): Promise<void> {
    await this.#home.put("identity", { pk: sessionKey(sessionId), expiresAt });
  }

  async isSessionRevoked(sessionId: string): Promise<boolean> {
    return (await this.#dynamo.get("identity", { pk: sessionKey(sessionId) })) !== undefined;
  }

  async installationSecret(name: string, make: () => Uint8Array): Promise<Uint8Array> {
    const pk = `SECRET#${name}`;
    const there = await this.#get(pk);
    if (there !== undefined) return this.#sealer.open(name, bytesOf(there, "sealed"));
    const secret = make();
    const sealed = await this.#sealer.seal(name, secret);
    const written = await this.#home.put("identity", { pk, sealed }, IS_NEW);
    // Another task was quicker, or an earlier try of this one.
    return written.ok || written.present === undefined
      ? secret
      : this.#sealer.open(name, bytesOf(written.present, "sealed"));
  }

  async close(): Promise<void> {}

  /** From the own Region; what is not there yet may be at home. */
  async #get(pk: string): Promise<Row | undefined> {
    const own = await this.#dynamo.get("identity", { pk });
    if (own !== undefined || this.#home === this.#dynamo) return own;
    return this.#home.get("identity", { pk });
  }
}

function apiKeyOf(row: Row): ApiKeyRecord {
  const { pk: _, owner: __, ...key } = row;
  return key as unknown as ApiKeyRecord;
}

/** Names compare case-insensitively. */
function nameKey(name: string): string {
  return `NAME#${name.toLowerCase()}`;
}

function userKey(account: AccountId): string {
  return `USER#${account}`;
}

function ownerKey(account: AccountId): string {
  return `ACCOUNT#${account}`;
}

function apiKeyKey(apiKey: string): string {
  return `KEY#${apiKey}`;
}

function sessionKey(sessionId: string): string {
  return `SESSION#${sessionId}`;
}
