import { expect } from "chai";
import { describe, it } from "mocha";
import type { AccountId, BranchId, OrderId, ShardId } from "#shared/domain/ids.ts";
import type { ReconciledFill, Reconciliation } from "#shared/read-model/reconciliation.ts";
import { reconciliationOf } from "#test/support/reconciliation-of.ts";
import type { Adapters } from "./support/adapters.ts";
import { failureOf } from "./support/failure-of.ts";
import { storesOf } from "./support/places.ts";

const SHARD = "shard-1" as ShardId;
const [ADA, BOB, CAROL] = [11, 12, 13] as [AccountId, AccountId, AccountId];

/** What every `ReconciliationStore` promises (shared/ports/reconciliation-store.ts). */
export function reconciliationStoreContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "reconciliations">,
): void {
  describe(`the reconciliation store (${adapters.world})`, () => {
    const stores = storesOf(adapters, adapters.reconciliations.open);
    const idsOf = (found: readonly Reconciliation[]) => found.map(({ id }) => id);

    it("gives what was put, also after it was closed and opened again", async () => {
      const place = await stores.place();
      const first = await stores.open(place);
      await first.put(sample(1, ADA, BOB));
      await first.close();
      await first.close();
      const store = await stores.open(place);
      expect(await store.get("1")).to.deep.equal(sample(1, ADA, BOB));
      expect(await store.get("2")).to.equal(undefined);
    });

    it("keeps for each shard how far all is settled and written down, also after it was opened again", async () => {
      const place = await stores.place();
      const first = await stores.open(place);
      expect([first.bookmark(SHARD), first.recordedThrough(SHARD)]).to.deep.equal([0, 0]);
      await first.setBookmark(SHARD, 7);
      await first.setRecordedThrough(SHARD, 30);
      await first.setRecordedThrough(SHARD, 20);
      await first.close();
      const store = await stores.open(place);
      expect([store.bookmark(SHARD), store.recordedThrough(SHARD)]).to.deep.equal([7, 20]);
      const other = "shard-2" as ShardId;
      expect([store.bookmark(other), store.recordedThrough(other)]).to.deep.equal([0, 0]);
    });

    it("lets no bookmark go back", async () => {
      const store = await stores.fresh();
      await store.setBookmark(SHARD, 7);
      await store.setBookmark(SHARD, 7);
      expect(String(await failureOf(store.setBookmark(SHARD, 6)))).to.match(/only moves forward/);
      expect(store.bookmark(SHARD)).to.equal(7);
    });

    it("lists the newest first, as many as are asked for", async () => {
      const store = await stores.fresh();
      for (const number of [1, 3, 2]) await store.put(sample(number, ADA, BOB));
      expect(idsOf(await store.list({ limit: 9 }))).to.deep.equal(["2", "3", "1"]);
      expect(idsOf(await store.list({ limit: 2 }))).to.deep.equal(["2", "3"]);
    });

    it("lists page by page, each behind the last of the one before, of all, of an account and of a state", async () => {
      const store = await stores.fresh();
      for (const number of [1, 3, 2]) await store.put(sample(number, ADA, BOB));
      await store.put(sample(4, CAROL, CAROL));
      await store.put({ ...sample(5, ADA, BOB), state: "replaying" });
      expect(idsOf(await store.list({ before: "4", limit: 2 }))).to.deep.equal(["2", "3"]);
      expect(idsOf(await store.list({ before: "3", limit: 2 }))).to.deep.equal(["1"]);
      expect(idsOf(await store.list({ before: "1", limit: 2 }))).to.deep.equal([]);
      expect(idsOf(await store.list({ account: ADA, before: "4", limit: 1 }))).to.deep.equal(["2"]);
      expect(idsOf(await store.list({ state: "reconciled", before: "2", limit: 9 }))).to.deep.equal([
        "3",
        "1",
      ]);
      expect(idsOf(await store.list({ before: "nobody's", limit: 9 }))).to.deep.equal([]);
    });

    it("replaces one of the same id at its place", async () => {
      const store = await stores.fresh();
      await store.put(begun(1));
      await store.put(sample(2, ADA, BOB));
      await store.put(sample(1, ADA, BOB));
      expect(await store.list({ limit: 9 })).to.deep.equal([sample(2, ADA, BOB), sample(1, ADA, BOB)]);
    });

    it("lists of an account what it has sent, traded or was left with, as it was written last", async () => {
      const store = await stores.fresh();
      const { commands, fills, adjustments } = sample(1, ADA, BOB);
      await store.put({ ...begun(1), commands });
      await store.put({ ...begun(2), fills });
      await store.put({ ...begun(3), adjustments });
      await store.put(sample(4, CAROL, CAROL));
      expect(idsOf(await store.list({ account: ADA, limit: 9 }))).to.deep.equal(["3", "2", "1"]);
      expect(idsOf(await store.list({ account: ADA, limit: 1 }))).to.deep.equal(["3"]);
      expect(idsOf(await store.list({ account: BOB, limit: 9 }))).to.deep.equal(["2"]);
      // The tape went back, and the fork was replayed anew.
      await store.put(sample(2, CAROL, CAROL));
      expect(idsOf(await store.list({ account: BOB, limit: 9 }))).to.deep.equal([]);
      expect(idsOf(await store.list({ account: CAROL, limit: 9 }))).to.deep.equal(["4", "2"]);
    });

    it("lists only those of a state, and counts only them", async () => {
      const store = await stores.fresh();
      await store.put(sample(1, ADA, BOB));
      await store.put({ ...sample(2, ADA, BOB), state: "replaying" });
      await store.put(sample(3, CAROL, CAROL));
      expect(idsOf(await store.list({ state: "reconciled", limit: 9 }))).to.deep.equal(["3", "1"]);
      expect(idsOf(await store.list({ account: ADA, state: "reconciled", limit: 1 }))).to.deep.equal(["1"]);
      expect(idsOf(await store.list({ account: ADA, state: "replaying", limit: 9 }))).to.deep.equal(["2"]);
    });

    it("says of the orders of busted fills whether what puts them right is final, of all of it", async () => {
      const store = await stores.fresh();
      const [fill] = sample(1, ADA, BOB).fills;
      if (fill === undefined) throw new Error("no fill");
      const stands: ReconciledFill = { ...fill, confirmed: fill.quantity, conflicted: 0 };
      await store.put({ ...sample(1, ADA, BOB), fills: [stands] });
      expect(await store.conflictOf(fill.makerOrderId)).to.equal(undefined);
      await store.put({ ...sample(1, ADA, BOB), state: "replaying" });
      for (const order of [fill.makerOrderId, fill.takerOrderId])
        expect(await store.conflictOf(order)).to.deep.equal({ isCompensated: false });
      await store.put(sample(1, ADA, BOB));
      expect(await store.conflictOf(fill.makerOrderId)).to.deep.equal({ isCompensated: true });
      const again = { ...fill, takerOrderId: 99 as OrderId };
      await store.put({ ...sample(2, ADA, BOB), state: "replaying", fills: [again] });
      expect(await store.conflictOf(fill.makerOrderId)).to.deep.equal({ isCompensated: false });
      expect(await store.conflictOf(fill.takerOrderId)).to.deep.equal({ isCompensated: true });
      // Replayed anew, that fill was confirmed.
      await store.put({ ...sample(2, ADA, BOB), fills: [stands] });
      expect(await store.conflictOf(99 as OrderId)).to.equal(undefined);
      expect(await store.conflictOf(fill.makerOrderId)).to.deep.equal({ isCompensated: true });
    });

    it("keeps a large one whole", async () => {
      const store = await stores.fresh();
      const [command] = sample(1, ADA, BOB).commands;
      const commands = Array.from({ length: 5000 }, (_, at) => ({ ...command, n: at + 1 }));
      const large = { ...sample(1, ADA, BOB), commands } as Reconciliation;
      await store.put(large);
      expect(await store.get("1")).to.deep.equal(large);
    });

    const { damageNewest } = adapters.reconciliations;
    if (damageNewest !== undefined) {
      it("tells of a damaged reconciliation instead of giving it", async () => {
        const place = await stores.place();
        const first = await stores.open(place);
        await first.put(sample(1, ADA, BOB));
        await first.close();
        await damageNewest(place);
        const store = await stores.open(place);
        expect(String(await failureOf(store.get("1")))).to.match(/damaged/);
      });
    }
  });
}

/** One that is complete: its number is its id. */
function sample(number: number, maker: AccountId, taker: AccountId): Reconciliation {
  return { ...reconciliationOf(maker, taker), id: String(number), fork: `test.${number}` as BranchId };
}

/** Of which nothing is decided yet. */
function begun(number: number): Reconciliation {
  return { ...sample(number, ADA, BOB), state: "replaying", commands: [], fills: [], adjustments: [] };
}
