import { expect } from "chai";
import { describe, it } from "mocha";
import type { Adapters } from "./support/adapters.ts";
import { storesOf } from "./support/places.ts";

/** What every `Counters` promises (shared/ports/counters.ts). */
export function countersContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "counters">,
): void {
  describe(`the counters (${adapters.world})`, () => {
    const stores = storesOf(adapters, adapters.counters.open);

    it("start at 1, each by itself", async () => {
      const counters = await stores.fresh();
      expect(counters.take("a", 1)).to.equal(1);
      expect(counters.take("b", 1)).to.equal(1);
      expect(counters.take("a", 1)).to.equal(2);
    });

    it("give numbers in a row that no other call gets, however the calls are cut", async () => {
      const counters = await stores.fresh();
      const given = new Set<number>();
      let last = 0;
      for (let call = 0; call < 3000; call++) {
        const count = 1 + ((call * 13) % 9);
        const first = counters.take("a", count);
        expect(first).to.be.greaterThan(last);
        for (let at = 0; at < count; at++) {
          expect(given.has(first + at), `${first + at} was given before`).to.equal(false);
          given.add(first + at);
        }
        last = first + count - 1;
      }
    });

    it("never give a number twice over closing and opening again", async () => {
      const place = await stores.place();
      let last = 0;
      for (let run = 0; run < 5; run++) {
        const counters = await stores.open(place);
        for (let call = 0; call < 3; call++) {
          const first = counters.take("a", 7);
          expect(first).to.be.greaterThan(last);
          last = first + 6;
        }
        await counters.close();
      }
    });

    it("refuse a count that is none", async () => {
      const counters = await stores.fresh();
      for (const count of [0, -1]) expect(() => counters.take("a", count)).to.throw();
    });
  });
}
