import { expect } from "chai";
import { describe, it } from "mocha";
import type { AccountId } from "#shared/domain/ids.ts";
import type { NewNotice, Notice, NoticeStore, NoticeSubscription } from "#shared/ports/notice-store.ts";
import type { EventName } from "#shared/protocol/bus/event-name.ts";
import type { Adapters, StoreAdapter } from "./support/adapters.ts";
import { storesOf } from "./support/places.ts";

const NOW = 1_700_000_000_000;
const HOLD_MS = 60_000;

/** What every `NoticeStore` promises (shared/ports/notice-store.ts). */
export function noticeStoreContract(
  world: Pick<Adapters, "world" | "makePlace" | "removePlace"> & {
    readonly notices: StoreAdapter<NoticeStore, { readonly waitingMax: number }>;
  },
): void {
  describe(`the store of notices (${world.world})`, () => {
    const stores = storesOf(world, world.notices.open);
    /** In the order of subscriptions: the store gives them in any. */
    const dueOf = async (store: NoticeStore, now: number, holdMs = 0) =>
      (await store.due(now, 99, holdMs)).toSorted((one, other) =>
        one.subscription < other.subscription ? -1 : 1,
      );
    const namesOf = async (store: NoticeStore, now: number, holdMs = 0) =>
      (await dueOf(store, now, holdMs)).map(({ subscription, name }) => `${subscription}/${name}`);
    const firstOf = async (store: NoticeStore) => (await dueOf(store, NOW))[0] as Notice;

    it("knows an account's subscriptions, also after it was closed and opened again; one of a known id is replaced", async () => {
      const place = await stores.place();
      const first = await stores.open(place);
      for (const one of [subscription("a", 1), subscription("b", 1), subscription("c", 2)])
        await first.subscribe(one);
      await first.subscribe({ ...subscription("b", 1), kinds: ["funds"] });
      await first.close();
      const store = await stores.open(place);
      expect(await store.subscriptionsOf(1 as AccountId)).to.deep.equal([
        subscription("a", 1),
        { ...subscription("b", 1), kinds: ["funds"] },
      ]);
      expect(await store.subscriptionsOf(3 as AccountId)).to.deep.equal([]);
    });

    it("gives each subscription's oldest notice, to whom and as it was added, and the next once that is settled", async () => {
      const store = await stores.fresh();
      for (const id of ["a", "b"]) await store.subscribe(subscription(id, 1));
      expect(await store.add([notice("a", 2), notice("b", 1), notice("a", 1)], NOW)).to.equal(3);
      expect(await dueOf(store, NOW - 1), "their time has not come").to.deep.equal([]);
      const [first, second] = await dueOf(store, NOW);
      expect(first).to.deep.equal({ ...notice("a", 2), attempts: 0, to: subscription("a", 1) });
      expect(second?.name).to.equal("n1");
      await store.settle(first as Notice, "told", NOW + 5);
      await store.settle(first as Notice, "told", NOW + 5);
      expect(await namesOf(store, NOW + 5)).to.deep.equal(["a/n1", "b/n1"]);
      await store.settle(await firstOf(store), "given-up", NOW + 6);
      expect(await namesOf(store, NOW + 9)).to.deep.equal(["b/n1"]);
      await store.settle(second as Notice, "told", NOW + 9);
      expect(await namesOf(store, NOW + 99)).to.deep.equal([]);
    });

    it("passes over a name that it knows, whether it waits or was told, of that subscription alone", async () => {
      const store = await stores.fresh();
      for (const id of ["a", "b"]) await store.subscribe(subscription(id, 1));
      await store.add([notice("a", 1), notice("a", 1)], NOW);
      expect(await store.add([notice("a", 1), notice("b", 1), notice("a", 2)], NOW)).to.equal(2);
      await store.settle(await firstOf(store), "told", NOW);
      expect(await store.add([notice("a", 1), notice("a", 2)], NOW)).to.equal(0);
      expect(await namesOf(store, NOW)).to.deep.equal(["a/n2", "b/n1"]);
    });

    it("counts tries, and gives what was postponed when its time has come, before what stands behind it", async () => {
      const store = await stores.fresh();
      await store.subscribe(subscription("a", 1));
      await store.add([notice("a", 1), notice("a", 2)], NOW);
      await store.postpone(await firstOf(store), NOW + 1000);
      expect(await namesOf(store, NOW + 999)).to.deep.equal([]);
      await store.add([notice("a", 3)], NOW + 1);
      expect(await namesOf(store, NOW + 999), "one more does not wake it").to.deep.equal([]);
      const [again] = await dueOf(store, NOW + 1000);
      expect(again).to.include({ name: "n1", attempts: 1 });
    });

    it("holds back what it gave until it is settled, postponed, or its sender has had its time", async () => {
      const place = await stores.place();
      const store = await stores.open(place);
      for (const id of ["a", "b"]) await store.subscribe(subscription(id, 1));
      await store.add([notice("a", 1), notice("a", 2), notice("b", 1)], NOW);
      const [a] = await dueOf(store, NOW, HOLD_MS);
      expect(await namesOf(store, NOW, HOLD_MS)).to.deep.equal([]);
      await store.settle(a as Notice, "told", NOW + 1);
      expect(await namesOf(store, NOW + 1, HOLD_MS), "the next of it, and nothing of b").to.deep.equal([
        "a/n2",
      ]);
      await store.close();
      const another = await stores.open(place);
      expect(await namesOf(another, NOW + HOLD_MS)).to.deep.equal(["b/n1"]);
      expect(await namesOf(another, NOW + 1 + HOLD_MS)).to.deep.equal(["a/n2", "b/n1"]);
    });

    it("gives a notice to one of many senders that ask at once, and adds what many add once", async () => {
      const place = await stores.place();
      const senders = await Promise.all(Array.from({ length: 4 }, () => stores.open(place)));
      await senders[0]?.subscribe(subscription("a", 1));
      const added = await Promise.all(
        senders.map((store) => store.add([notice("a", 1), notice("a", 2)], NOW)),
      );
      expect(added.reduce((sum, one) => sum + one, 0)).to.equal(2);
      const given = await Promise.all(senders.map((store) => namesOf(store, NOW, HOLD_MS)));
      expect(given.flat()).to.have.length(1);
    });

    it("takes no more for a subscription than may wait for it", async () => {
      const store = await stores.fresh({ waitingMax: 2 });
      await store.subscribe(subscription("a", 1));
      expect(
        await store.add(
          [1, 2, 3].map((at) => notice("a", at)),
          NOW,
        ),
      ).to.equal(2);
      await store.settle(await firstOf(store), "told", NOW);
      expect(await store.add([notice("a", 3)], NOW)).to.equal(1);
    });

    it("adds many at once, in order", async () => {
      const store = await stores.fresh();
      await store.subscribe(subscription("a", 1));
      const many = Array.from({ length: 90 }, (_, at) => notice("a", at));
      expect(await store.add(many, NOW)).to.equal(90);
      for (const { name } of many.slice(0, 45)) {
        const first = await firstOf(store);
        expect(first.name).to.equal(name);
        await store.settle(first, "told", NOW);
      }
    });

    it("drops a subscription of its account with what waits for it, and nobody else's", async () => {
      const store = await stores.fresh();
      for (const id of ["a", "b"]) await store.subscribe(subscription(id, 1));
      await store.add([notice("a", 1), notice("b", 1)], NOW);
      expect(await store.unsubscribe(2 as AccountId, "a")).to.equal(false);
      const [a] = await dueOf(store, NOW);
      expect(await store.unsubscribe(1 as AccountId, "a")).to.equal(true);
      expect(await store.unsubscribe(1 as AccountId, "a")).to.equal(false);
      await store.settle(a as Notice, "told", NOW);
      expect(await namesOf(store, NOW)).to.deep.equal(["b/n1"]);
      expect((await store.subscriptionsOf(1 as AccountId)).map(({ id }) => id)).to.deep.equal(["b"]);
    });
  });
}

function subscription(id: string, account: number): NoticeSubscription {
  return {
    id,
    account: account as AccountId,
    channel: "webhook",
    target: `https://example.com/${id}`,
    secret: `secret of ${id}`,
    kinds: ["match", "funds"],
  };
}

function notice(subscriptionId: string, at: number): NewNotice {
  return { subscription: subscriptionId, name: `n${at}` as EventName, body: `{"n":${at}}` };
}
