import type { AccountId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { ApiKeyRecord, IdentityStore } from "#shared/ports/identity-store.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Sealer } from "#shared/ports/sealer.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { type KeyMaterial, type KeyType, keptPublicKey, keyMaterialOf } from "./key-material.ts";
import type { Principal } from "./principal.ts";

/** An API key as its owner may see it at any time: without the secret. */
export interface ApiKeyInfo extends Pick<ApiKeyRecord, "apiKey" | "label" | "canTrade" | "createdAt"> {
  readonly type: KeyType;
}

/** A key that was used, and whom it speaks for. */
export interface OpenKey {
  readonly principal: Principal;
  readonly material: KeyMaterial;
}

export interface ApiKeysDependencies {
  readonly store: IdentityStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Seals what is kept of a key, bound to the key's name. */
  readonly sealer: Sealer;
}

/**
 * Keys that were used lately stay at hand, so that a signed request does not go to the store each time; not for long, because
 * another gateway may delete them.
 */
const MAX_CACHED_KEYS = 10_000;
const CACHED_KEY_MS = 5000;
const MAX_KEYS_PER_ACCOUNT = 20;
const API_KEY = /^[A-Za-z0-9]{64}$/;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

interface CachedKey extends OpenKey {
  /** Monotonic ms. */
  readonly readAt: number;
}

/** API keys: HMAC secrets that are drawn here, and Ed25519 keys of which the public half is registered. */
export class ApiKeys {
  readonly #dependencies: ApiKeysDependencies;
  readonly #cache = new Map<string, CachedKey>();

  constructor(dependencies: ApiKeysDependencies) {
    this.#dependencies = dependencies;
  }

  /** The secret is shown here and never again. Throws TOO_MANY_KEYS. */
  async create(
    account: AccountId,
    label: string,
    canTrade: boolean,
  ): Promise<ApiKeyInfo & { readonly secret: string }> {
    const secret = this.#randomText();
    return { ...(await this.#add(account, label, canTrade, secret)), secret };
  }

  /** Registers the public half of an Ed25519 key pair, as PEM. Throws INVALID_FIELD, TOO_MANY_KEYS. */
  register(account: AccountId, label: string, canTrade: boolean, publicKey: string): Promise<ApiKeyInfo> {
    return this.#add(account, label, canTrade, keptPublicKey(publicKey));
  }

  async of(account: AccountId): Promise<ApiKeyInfo[]> {
    const keys = await this.#dependencies.store.apiKeysOf(account);
    return Promise.all(
      keys.map(async (record) => {
        const { apiKey, label, canTrade, createdAt } = record;
        return { apiKey, label, type: (await this.#materialOf(record)).type, canTrade, createdAt };
      }),
    );
  }

  /** False if the account has no such key. */
  async delete(account: AccountId, apiKey: string): Promise<boolean> {
    if (!(await this.#dependencies.store.deleteApiKey(account, apiKey))) return false;
    this.#cache.delete(apiKey);
    return true;
  }

  /** Throws BAD_API_KEY_FORMAT, REJECTED_API_KEY. */
  async open(apiKey: string): Promise<OpenKey> {
    if (!API_KEY.test(apiKey)) throw new ApiError("BAD_API_KEY_FORMAT");
    const { store, clock } = this.#dependencies;
    const now = clock.monotonic();
    const cached = this.#cache.get(apiKey);
    if (cached !== undefined && now - cached.readAt < CACHED_KEY_MS) return cached;
    this.#cache.delete(apiKey);
    const record = await store.apiKey(apiKey);
    if (record === undefined) throw new ApiError("REJECTED_API_KEY");
    const user = await store.userByAccount(record.account);
    if (user === undefined) throw new ApiError("REJECTED_API_KEY");
    const principal: Principal = {
      account: user.account,
      user: user.name,
      via: "api-key",
      apiKey,
      canTrade: record.canTrade,
    };
    const open = { principal, material: await this.#materialOf(record), readAt: now };
    if (this.#cache.size >= MAX_CACHED_KEYS)
      for (const [oldest] of this.#cache) {
        this.#cache.delete(oldest);
        break;
      }
    this.#cache.set(apiKey, open);
    return open;
  }

  async #add(account: AccountId, label: string, canTrade: boolean, kept: string): Promise<ApiKeyInfo> {
    const { store, clock, sealer } = this.#dependencies;
    if ((await store.apiKeysOf(account)).length >= MAX_KEYS_PER_ACCOUNT) throw new ApiError("TOO_MANY_KEYS");
    const apiKey = this.#randomText();
    const sealedSecret = await sealer.seal(apiKey, Buffer.from(kept));
    const createdAt = clock.now();
    await store.addApiKey({ apiKey, account, label, canTrade, createdAt, sealedSecret });
    return { apiKey, label, type: keyMaterialOf(kept).type, canTrade, createdAt };
  }

  async #materialOf({ apiKey, sealedSecret }: ApiKeyRecord): Promise<KeyMaterial> {
    const kept = await this.#dependencies.sealer.open(apiKey, sealedSecret);
    return keyMaterialOf(Buffer.from(kept).toString());
  }

  /** 64 characters, as Binance's keys and secrets have. */
  #randomText(): string {
    return Array.from({ length: 64 }, () => ALPHABET[this.#dependencies.random.below(ALPHABET.length)]).join(
      "",
    );
  }
}
