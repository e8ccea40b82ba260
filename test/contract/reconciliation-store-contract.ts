import { expect } from "chai";
import { describe, it } from "mocha";
import type { AccountId, OrderId } from "#shared/domain/ids.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import { reconciliationOf } from "#test/support/reconciliation-of.ts";
import { SHARD } from "./acceptor-contract.ts";
import type { Adapters } from "./support/adapters.ts";
import { failureOf } from "./support/failure-of.ts";
import { storesOf } from "./support/places.ts";

/** What every `ReconciliationStore` promises (shared/ports/reconciliation-store.ts). */
export function reconciliationStoreContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "reconciliations">,
): void {
  describe(`the reconciliations (${adapters.world})`, () => {
    const stores = storesOf(adapters, adapters.reconciliations.open);

    it("remember how far a log is settled, which only rises, and how far reconciliations were written", async () => {
      const place = await stores.place();
      const store = await stores.open(place);
      expect([store.bookmark(SHARD), store.recordedThrough(SHARD)]).to.deep.equal([0, 0]);
      await store.setBookmark(SHARD, 7);
      await store.setRecordedThrough(SHARD, 20);
      await store.setRecordedThrough(SHARD, 12);
      expect(await failureOf(store.setBookmark(SHARD, 6))).to.have.property("name", "InvariantViolation");
      await store.close();
      const again = await stores.open(place);
      expect([again.bookmark(SHARD), again.recordedThrough(SHARD)]).to.deep.equal([7, 12]);
    });

    it("list the newest first, of an account only those that touched it", async () => {
      const place = await stores.place();
      const store = await stores.open(place);
      for (const number of [1, 2, 3]) await store.put(numbered(number, number === 2 ? 8 : 5));
      await store.close();
      const again = await stores.open(place);
      const ids = async (account?: number, limit = 9) =>
        (await again.list({ limit, ...(account !== undefined && { account }) })).map(({ id }) => id);
      expect(await ids()).to.deep.equal(["r3", "r2", "r1"]);
      expect(await ids(undefined, 2)).to.deep.equal(["r3", "r2"]);
      expect(await ids(5)).to.deep.equal(["r3", "r1"]);
      expect(await ids(8)).to.deep.equal(["r2"]);
      expect(await ids(99)).to.deep.equal([]);
      expect(await again.get("r2")).to.deep.equal(numbered(2, 8));
      expect(await again.get("r9")).to.equal(undefined);
    });

    it("replace one of the same id, and what it said of its orders", async () => {
      const store = await stores.fresh();
      const [maker, taker] = [7_000_001, 7_000_002] as [OrderId, OrderId];
      expect(await store.conflictOf(maker)).to.equal(undefined);
      await store.put({ ...numbered(1), state: "replaying" });
      expect(await store.conflictOf(maker)).to.deep.equal({ isCompensated: false });
      await store.put(numbered(1));
      expect(await store.conflictOf(taker)).to.deep.equal({ isCompensated: true });
      expect(await store.list({ limit: 9 })).to.deep.equal([numbered(1)]);
      await store.put({ ...numbered(1), fills: [] });
      expect(await store.conflictOf(maker)).to.equal(undefined);
    });

    it("call an order compensated when all that busted its fills are", async () => {
      const store = await stores.fresh();
      await store.put(numbered(1));
      await store.put({ ...numbered(2), state: "replaying" });
      expect(await store.conflictOf(7_000_001 as OrderId)).to.deep.equal({ isCompensated: false });
    });

    it("keep a large one whole", async () => {
      const store = await stores.fresh();
      const [command] = numbered(1).commands;
      const commands = Array.from({ length: 5000 }, (_, at) => ({ ...command, n: at + 1 }));
      const large = { ...numbered(1), commands } as Reconciliation;
      await store.put(large);
      expect(await store.get("r1")).to.deep.equal(large);
    });
  });
}

function numbered(number: number, maker = 5): Reconciliation {
  return {
    ...reconciliationOf(maker as AccountId, 6 as AccountId),
    id: `r${number}`,
    startedAt: number,
    endedAt: number + 1,
  };
}
