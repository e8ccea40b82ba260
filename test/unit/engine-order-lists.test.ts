import { expect } from "chai";
import { describe, it } from "mocha";
import { type Ask, EngineShard } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

for (const engine of ENGINES) {
  describe(`OCO lists of the ${engine.name}`, () => {
    /** An OCO that sells 4: at 110 or more, or below 90. */
    const profit: Ask = { id: 1, side: "SELL", type: "LIMIT_MAKER", price: 110, quantity: 4 };
    const loss: Ask = { id: 2, side: "SELL", type: "STOP_LOSS_LIMIT", stopPrice: 90, price: 85, quantity: 4 };

    function withOco(more: Partial<Ask> = {}): EngineShard {
      const shard = new EngineShard(engine);
      shard.trade(100);
      expect(
        shard.list("OCO", [
          { ...profit, ...more },
          { ...loss, ...more },
        ]),
      ).to.deep.equal(["list 100 OCO", "accepted 1 working", "accepted 2 waiting"]);
      return shard;
    }

    it("lock once, held by the first of the two", () => {
      const shard = withOco();
      expect(shard.balance(1, "AAA").locked).to.equal(4);
      expect([shard.order(1)?.locked, shard.order(2)?.locked]).to.deep.equal([4, 0]);
    });

    it("lock the greater need where they buy, and give back what the one that stays does not need", () => {
      const shard = new EngineShard(engine);
      shard.trade(100);
      shard.list("OCO", [
        { id: 1, type: "STOP_LOSS_LIMIT", stopPrice: 110, price: 112, quantity: 2 },
        { id: 2, type: "LIMIT_MAKER", price: 90, quantity: 2 },
      ]);
      expect(shard.balance(1, "QQQ").locked).to.equal(224);
      shard.place({ id: 3, account: 2, side: "SELL", quantity: 1, price: 90 });
      expect(shard.order(2)).to.include({ executed: 1, locked: 90 });
      expect(shard.balance(1, "QQQ").locked).to.equal(90);
    });

    it("lock the need of the second where that is the greater", () => {
      const shard = new EngineShard(engine);
      shard.trade(100);
      shard.list("OCO", [
        { id: 1, type: "STOP_LOSS_LIMIT", stopPrice: 110, price: 80, quantity: 2 },
        { id: 2, type: "LIMIT_MAKER", price: 90, quantity: 2 },
      ]);
      expect([shard.order(1)?.locked, shard.order(2)?.locked]).to.deep.equal([180, 0]);
      expect(shard.trade(110)).to.deep.equal(["triggered 1", "expired 2 order-list"]);
      expect(shard.balance(1, "QQQ").locked).to.equal(160);
    });

    it("end the other before the first trade of one", () => {
      const shard = withOco();
      expect(shard.place({ id: 3, account: 2, price: 110, quantity: 1 })).to.deep.equal([
        "accepted 3 working",
        "expired 2 order-list",
        "trade 3 takes 1 @ 110 of 1",
      ]);
      expect(shard.place({ id: 4, account: 2, price: 110, quantity: 3 })).to.deep.equal([
        "accepted 4 working",
        "trade 4 takes 3 @ 110 of 1",
        "list 100 done",
      ]);
    });

    it("end the limit order when the stop is triggered", () => {
      const shard = withOco();
      expect(shard.trade(90)).to.deep.equal(["triggered 2", "expired 1 order-list"]);
      expect(shard.book("SELL")).to.deep.equal(["2: 4 @ 85"]);
      expect(shard.order(2)?.locked).to.equal(4);
      shard.place({ id: 3, account: 2, price: 85, quantity: 4 });
      expect(shard.open()).to.deep.equal([]);
    });

    it("are canceled together, by either order, by list, or by all", () => {
      const both = ["canceled 1", "canceled 2", "list 100 done"];
      expect(withOco().cancel(1)).to.deep.equal(both);
      expect(withOco().cancel(2)).to.deep.equal(both);
      expect(withOco().cancelList(100)).to.deep.equal(both);
      expect(withOco().cancelAll()).to.deep.equal(both);
    });

    it("expire together when the date of one has come", () => {
      const shard = new EngineShard(engine);
      shard.trade(100);
      shard.list("OCO", [profit, { ...loss, timeInForce: "GTD", goodTillDate: 1_700_000_000_500 }]);
      expect(shard.tick(499)).to.deep.equal([]);
      expect(shard.tick(500)).to.deep.equal([
        "expired 2 good-till-date",
        "expired 1 order-list",
        "list 100 done",
      ]);
    });

    it("end together where self-trade prevention ends one", () => {
      const shard = withOco();
      const own = { id: 3, price: 110, quantity: 1, selfTradePrevention: "EXPIRE_MAKER" } as const;
      expect(shard.place(own)).to.deep.equal([
        "accepted 3 working",
        "expired 2 order-list",
        "prevented EXPIRE_MAKER 3 (0) and 1 (4)",
        "expired 1 self-trade",
        "list 100 done",
      ]);
    });

    it("pass over the one that was triggered after the other", () => {
      const shard = new EngineShard(engine);
      shard.trade(100);
      const above = { id: 1, side: "SELL", type: "TAKE_PROFIT", stopPrice: 110, quantity: 1 } as const;
      shard.list("OCO", [above, { id: 2, side: "SELL", type: "STOP_LOSS", stopPrice: 90, quantity: 1 }]);
      shard.place({ id: 3, account: 2, quantity: 1, price: 110 });
      shard.place({ id: 4, account: 2, quantity: 1, price: 90 });
      expect(shard.place({ id: 5, account: 3, side: "SELL", quantity: 2, price: 90 })).to.deep.equal([
        "accepted 5 working",
        "trade 5 takes 1 @ 110 of 3",
        "trade 5 takes 1 @ 90 of 4",
        "triggered 1",
        "expired 2 order-list",
        "expired 1 unfilled",
        "list 100 done",
      ]);
    });

    it("want their prices on the right sides of each other and of the market", () => {
      const shard = new EngineShard(engine);
      shard.trade(100);
      expect(shard.list("OCO", [profit, { ...loss, stopPrice: 110 }])).to.deep.equal([
        "rejected PlaceOrderList list-price-relation",
      ]);
      expect(shard.list("OCO", [profit, { ...loss, stopPrice: 101 }])).to.deep.equal([
        "rejected PlaceOrderList would-trigger",
      ]);
      shard.place({ id: 9, account: 2, price: 105 });
      expect(shard.list("OCO", [{ ...profit, price: 105 }, loss])).to.deep.equal([
        "rejected PlaceOrderList would-take",
      ]);
      expect(shard.open(), "a refused list leaves nothing").to.deep.equal(["9 in the book"]);
    });

    it("are two orders of one side and quantity, in their places", () => {
      const shard = new EngineShard(engine);
      const malformed = ["rejected PlaceOrderList malformed-list"];
      expect(shard.list("OCO", [profit])).to.deep.equal(malformed);
      expect(shard.list("OCO", [loss, profit])).to.deep.equal(malformed);
      expect(shard.list("OCO", [profit, { ...loss, quantity: 5 }])).to.deep.equal(malformed);
      expect(shard.list("OCO", [profit, { ...loss, side: "BUY" }])).to.deep.equal(malformed);
      expect(shard.list("OCO", [profit, { ...loss, id: 1 }])).to.deep.equal(malformed);
      expect(shard.list("OCO", [profit, { ...loss, clientOrderId: "c1" }])).to.deep.equal(malformed);
      expect(shard.list("OCO", [profit, loss], 2), "the list's id is one of its orders'").to.deep.equal(
        malformed,
      );
      expect(shard.list("OCO", [profit, { ...loss, price: 0 }])).to.deep.equal([
        "rejected PlaceOrderList malformed-order",
      ]);
    });
  });
}
