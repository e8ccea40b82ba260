import { expect } from "chai";
import { describe, it } from "mocha";
import { EngineShard } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

for (const engine of ENGINES) {
  describe(`icebergs of the ${engine.name}`, () => {
    it("show a part, and lose their place with every next part", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, side: "SELL", quantity: 5, icebergQuantity: 2 });
      shard.place({ id: 2, account: 2, side: "SELL", quantity: 3 });
      expect(shard.book("SELL")).to.deep.equal(["1: 2 @ 100", "2: 3 @ 100"]);
      expect(shard.place({ id: 3, account: 3, quantity: 1 })).to.include("trade 3 takes 1 @ 100 of 1");
      expect(shard.book("SELL"), "part of a part keeps its place").to.deep.equal([
        "1: 1 @ 100",
        "2: 3 @ 100",
      ]);
      shard.place({ id: 4, account: 3, quantity: 1 });
      expect(shard.book("SELL")).to.deep.equal(["2: 3 @ 100", "1: 2 @ 100"]);
      expect(shard.place({ id: 5, account: 3, quantity: 6 })).to.deep.equal([
        "accepted 5 working",
        "trade 5 takes 3 @ 100 of 2",
        "trade 5 takes 2 @ 100 of 1",
        "trade 5 takes 1 @ 100 of 1",
      ]);
      expect(shard.open()).to.deep.equal([]);
    });

    it("take with all they have, and show a part of the rest", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, account: 2, side: "SELL", quantity: 4 });
      shard.place({ id: 2, quantity: 9, icebergQuantity: 2 });
      expect(shard.order(2)).to.include({ executed: 4, visible: 2, locked: 500 });
    });

    it("tell of a level only what is visible", () => {
      const shard = new EngineShard(engine);
      const levels = shard
        .fold(shard.placing({ id: 1, side: "SELL", quantity: 5, icebergQuantity: 2 }))
        .filter((event) => event.kind === "LevelChanged");
      expect(levels).to.have.length(1);
      expect(levels[0]).to.include({ price: 100, quantity: 2 });
      const refilled = shard
        .fold(shard.placing({ id: 2, account: 2, quantity: 2 }))
        .filter((event) => event.kind === "LevelChanged");
      expect(refilled, "the next part is as large").to.deep.equal([]);
    });

    it("add what is visible of them to their level", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, side: "SELL", quantity: 3 });
      const [level] = shard
        .fold(shard.placing({ id: 2, side: "SELL", quantity: 9, icebergQuantity: 4 }))
        .filter((event) => event.kind === "LevelChanged");
      expect(level).to.include({ side: "SELL", price: 100, quantity: 7, updateId: 2 });
    });

    it("keep their place when they are amended, and show no more than what is left", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, quantity: 10, icebergQuantity: 4 });
      shard.place({ id: 2, account: 2, quantity: 1 });
      shard.amend(1, 5);
      expect(shard.book("BUY")).to.deep.equal(["1: 4 @ 100", "2: 1 @ 100"]);
      shard.amend(1, 3);
      expect(shard.book("BUY")).to.deep.equal(["1: 3 @ 100", "2: 1 @ 100"]);
    });

    it("are orders that may rest, and larger than their parts", () => {
      const shard = new EngineShard(engine);
      const malformed = ["rejected PlaceOrder malformed-order"];
      expect(shard.place({ id: 1, quantity: 5, icebergQuantity: 5 })).to.deep.equal(malformed);
      expect(shard.place({ id: 1, quantity: 5, icebergQuantity: 2, timeInForce: "IOC" })).to.deep.equal(
        malformed,
      );
      expect(shard.place({ id: 1, quantity: 5, icebergQuantity: 2, type: "MARKET" })).to.deep.equal(
        malformed,
      );
      const taker = { id: 1, type: "STOP_LOSS", stopPrice: 5, quantity: 5, icebergQuantity: 2 } as const;
      expect(shard.place(taker)).to.deep.equal(malformed);
      expect(shard.place({ id: 1, quantity: 5, icebergQuantity: 4, type: "LIMIT_MAKER" })).to.deep.equal([
        "accepted 1 working",
      ]);
    });
  });
}
