import { expect } from "chai";
import { describe, it } from "mocha";
import type { ShardId } from "#shared/domain/ids.ts";
import type { BusPositions } from "#shared/ports/bus-positions.ts";
import type { Adapters, StoreAdapter } from "./support/adapters.ts";
import { storesOf } from "./support/places.ts";

const ONE = "crypto-1" as ShardId;
const OTHER = "crypto-2" as ShardId;

/** What every `BusPositions` promises (shared/ports/bus-positions.ts). */
export function busPositionsContract(
  world: Pick<Adapters, "world" | "makePlace" | "removePlace"> & {
    readonly busPositions: StoreAdapter<BusPositions>;
  },
): void {
  describe(`how far the bus was handed each shard (${world.world})`, () => {
    const stores = storesOf(world, world.busPositions.open);

    it("begins at 0, goes forward only, and is kept by shard", async () => {
      const place = await stores.place();
      const first = await stores.open(place);
      expect(await first.position(ONE)).to.equal(0);
      await first.advance(ONE, 7);
      await first.advance(ONE, 5);
      await first.advance(ONE, 7);
      await first.advance(OTHER, 1);
      expect(await first.position(ONE)).to.equal(7);
      await first.close();
      const positions = await stores.open(place);
      expect(await positions.position(ONE)).to.equal(7);
      expect(await positions.position(OTHER)).to.equal(1);
    });

    it("is the highest of what two publishers say", async () => {
      const place = await stores.place();
      const [one, two] = [await stores.open(place), await stores.open(place)];
      await Promise.all([one.advance(ONE, 9), two.advance(ONE, 8), one.advance(ONE, 3)]);
      expect(await two.position(ONE)).to.equal(9);
    });
  });
}
