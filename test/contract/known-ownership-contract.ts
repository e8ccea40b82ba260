import { expect } from "chai";
import { describe, it } from "mocha";
import type { ShardId } from "#shared/domain/ids.ts";
import { SHARD, sampleRecord } from "./acceptor-contract.ts";
import type { Adapters } from "./support/adapters.ts";
import { storesOf } from "./support/places.ts";

/** What every `KnownOwnership` promises (shared/ports/known-ownership.ts). */
export function knownOwnershipContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "knownOwnership">,
): void {
  describe(`what a Region remembers of the ownership register (${adapters.world})`, () => {
    const stores = storesOf(adapters, adapters.knownOwnership.open);

    it("is nothing at first, then the last record of each shard, also after it was closed and opened again", async () => {
      const place = await stores.place();
      const known = await stores.open(place);
      expect(known.record(SHARD)).to.equal(undefined);
      await known.remember(sampleRecord(1));
      await known.remember(sampleRecord(2));
      const other = { ...sampleRecord(9), shard: "shard-2" as ShardId };
      await known.remember(other);
      expect(known.record(SHARD)).to.deep.equal(sampleRecord(2));
      await known.close();
      await known.close();
      const again = await stores.open(place);
      expect(again.record(SHARD)).to.deep.equal(sampleRecord(2));
      expect(again.record(other.shard)).to.deep.equal(other);
    });
  });
}
