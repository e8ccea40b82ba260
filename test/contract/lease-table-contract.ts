import { expect } from "chai";
import { describe, it } from "mocha";
import type { LeaseTable } from "#shared/ports/lease-table.ts";
import type { Adapters, StoreAdapter } from "./support/adapters.ts";
import { storesOf } from "./support/places.ts";

/** What every `LeaseTable` promises (shared/ports/lease-table.ts). */
export function leaseTableContract(
  world: Pick<Adapters, "world" | "makePlace" | "removePlace"> & {
    readonly leaseTable: StoreAdapter<LeaseTable>;
  },
): void {
  describe(`the table of leases (${world.world})`, () => {
    const stores = storesOf(world, world.leaseTable.open);
    const [one, two] = [
      { holder: "task-1", beat: 1 },
      { holder: "task-2", beat: 2 },
    ];

    it("knows nothing of a name at first, and writes only what was expected to be nothing", async () => {
      const table = await stores.fresh();
      expect(await table.read("slot")).to.equal(undefined);
      expect(await table.swap("slot", two, one), "there is nothing to take over").to.equal(false);
      expect(await table.swap("slot", undefined, one)).to.equal(true);
      expect(await table.swap("slot", undefined, two)).to.equal(false);
      expect(await table.read("slot")).to.deep.equal(one);
      expect(await table.read("other")).to.equal(undefined);
    });

    it("swaps only the very record that was read: the holder and its beat", async () => {
      const table = await stores.fresh();
      await table.swap("slot", undefined, one);
      expect(await table.swap("slot", { ...one, beat: 9 }, two)).to.equal(false);
      expect(await table.swap("slot", { ...one, holder: "task-3" }, two)).to.equal(false);
      expect(await table.swap("slot", one, two)).to.equal(true);
      expect(await table.swap("slot", one, { ...one, beat: 3 })).to.equal(false);
      expect(await table.read("slot")).to.deep.equal(two);
    });

    it("lets one of many win", async () => {
      const place = await stores.place();
      const tables = await Promise.all(Array.from({ length: 5 }, () => stores.open(place)));
      const won = await Promise.all(
        tables.map((table, at) => table.swap("slot", undefined, { holder: `task-${at}`, beat: 1 })),
      );
      expect(won.filter(Boolean)).to.have.length(1);
    });

    it("keeps what stands there, an empty holder too", async () => {
      const place = await stores.place();
      const table = await stores.open(place);
      await table.swap("slot", undefined, { holder: "", beat: 4 });
      await table.close();
      expect(await (await stores.open(place)).read("slot")).to.deep.equal({ holder: "", beat: 4 });
    });
  });
}
