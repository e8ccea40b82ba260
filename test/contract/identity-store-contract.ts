import { expect } from "chai";
import { describe, it } from "mocha";
import type { AccountId } from "#shared/domain/ids.ts";
import type { ApiKeyRecord, UserRecord } from "#shared/ports/identity-store.ts";
import type { Adapters } from "./support/adapters.ts";
import { storesOf } from "./support/places.ts";

const ALICE = sampleUser(1, "alice");
const BOB = sampleUser(2, "bob");

/** What every `IdentityStore` promises (shared/ports/identity-store.ts). */
export function identityStoreContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "identity">,
): void {
  describe(`the identity store (${adapters.world})`, () => {
    const stores = storesOf(adapters, adapters.identity.open);

    it("finds users by name and by account, also after it was closed and opened again", async () => {
      const place = await stores.place();
      const first = await stores.open(place);
      expect(await first.addUser(ALICE)).to.equal(true);
      expect(await first.addUser(BOB)).to.equal(true);
      await first.close();
      await first.close();
      const store = await stores.open(place);
      expect(await store.userByName("alice")).to.deep.equal(ALICE);
      expect(await store.userByAccount(BOB.account)).to.deep.equal(BOB);
      expect(await store.userByName("carol")).to.equal(undefined);
      expect(await store.userByAccount(3 as AccountId)).to.equal(undefined);
    });

    it("takes a name once, whatever its case, and then changes nothing", async () => {
      const store = await stores.fresh();
      await store.addUser(ALICE);
      expect(await store.addUser({ ...sampleUser(9, "ALICE"), passwordHash: "other" })).to.equal(false);
      expect(await store.userByName("Alice")).to.deep.equal(ALICE);
      expect(await store.userByAccount(9 as AccountId)).to.equal(undefined);
    });

    it("keeps API keys, each for its own account, oldest first", async () => {
      const place = await stores.place();
      const first = await stores.open(place);
      for (const user of [ALICE, BOB]) await first.addUser(user);
      const keys = [sampleKey("k2", ALICE, 20), sampleKey("k1", ALICE, 10), sampleKey("k3", BOB, 15)];
      for (const key of keys) await first.addApiKey(key);
      await first.close();
      const store = await stores.open(place);
      const own = (await store.apiKeysOf(ALICE.account)).map(plain);
      expect(own).to.deep.equal([keys[1], keys[0]]);
      const found = await store.apiKey("k3");
      expect(found && plain(found)).to.deep.equal(keys[2]);
      expect(await store.apiKey("k4")).to.equal(undefined);
    });

    it("deletes a key of its own account only, and says whether there was one", async () => {
      const store = await stores.fresh();
      for (const user of [ALICE, BOB]) await store.addUser(user);
      await store.addApiKey(sampleKey("k1", ALICE, 10));
      expect(await store.deleteApiKey(BOB.account, "k1")).to.equal(false);
      expect(await store.apiKeysOf(ALICE.account)).to.have.length(1);
      expect(await store.deleteApiKey(ALICE.account, "k1")).to.equal(true);
      expect(await store.deleteApiKey(ALICE.account, "k1")).to.equal(false);
      expect(await store.apiKey("k1")).to.equal(undefined);
    });

    it("raises the time from which sessions are valid, and never lowers it", async () => {
      const place = await stores.place();
      const first = await stores.open(place);
      for (const user of [ALICE, BOB]) await first.addUser(user);
      expect(await first.sessionsValidFrom(ALICE.account)).to.equal(0);
      await first.setSessionsValidFrom(ALICE.account, 1000);
      await first.setSessionsValidFrom(ALICE.account, 500);
      await first.close();
      const store = await stores.open(place);
      expect(await store.sessionsValidFrom(ALICE.account)).to.equal(1000);
      expect(await store.sessionsValidFrom(BOB.account)).to.equal(0);
    });

    it("makes a secret of the installation once, each name its own, for ever after the same", async () => {
      const place = await stores.place();
      const first = await stores.open(place);
      const made = Uint8Array.of(1, 2, 3);
      expect(Uint8Array.from(await first.installationSecret("a", () => made))).to.deep.equal(made);
      await first.installationSecret("b", () => Uint8Array.of(9));
      await first.close();
      const store = await stores.open(place);
      const again = await store.installationSecret("a", () => {
        throw new Error("it is there already");
      });
      expect(Uint8Array.from(again)).to.deep.equal(made);
    });
  });
}

/** A user of an account. */
export function sampleUser(account: number, name: string): UserRecord {
  return { account: account as AccountId, name, passwordHash: `scrypt$${name}`, createdAt: 1000 + account };
}

function sampleKey(apiKey: string, user: UserRecord, createdAt: number): ApiKeyRecord {
  const { account } = user;
  return {
    apiKey,
    account,
    label: `key ${apiKey}`,
    sealedSecret: Uint8Array.of(0, 255, 7),
    canTrade: createdAt > 12,
    createdAt,
  };
}

function plain(key: ApiKeyRecord): ApiKeyRecord {
  return { ...key, sealedSecret: Uint8Array.from(key.sealedSecret) };
}
