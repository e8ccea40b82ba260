import { expect } from "chai";
import { describe, it } from "mocha";
import { EngineShard } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

for (const engine of ENGINES) {
  describe(`stops of the ${engine.name}`, () => {
    it("are triggered at their price, not one tick before, each in its direction", () => {
      const shard = new EngineShard(engine);
      shard.trade(100);
      const price = { BUY: 50, SELL: 150 };
      shard.place({ id: 1, type: "STOP_LOSS_LIMIT", side: "BUY", stopPrice: 110, price: price.BUY });
      shard.place({ id: 2, type: "STOP_LOSS_LIMIT", side: "SELL", stopPrice: 90, price: price.SELL });
      shard.place({ id: 3, type: "TAKE_PROFIT_LIMIT", side: "BUY", stopPrice: 80, price: price.BUY });
      shard.place({ id: 4, type: "TAKE_PROFIT_LIMIT", side: "SELL", stopPrice: 120, price: price.SELL });
      expect(shard.trade(109, 91)).to.deep.equal([]);
      expect(shard.trade(110)).to.deep.equal(["triggered 1"]);
      expect(shard.trade(90)).to.deep.equal(["triggered 2"]);
      expect(shard.trade(119, 81)).to.deep.equal([]);
      expect(shard.trade(80)).to.deep.equal(["triggered 3"]);
      expect(shard.trade(120)).to.deep.equal(["triggered 4"]);
    });

    it("would trigger at once where the market is there already, and are refused", () => {
      const shard = new EngineShard(engine);
      const stop = { id: 1, type: "STOP_LOSS", side: "SELL", stopPrice: 100 } as const;
      expect(shard.place({ ...stop, id: 2 }), "before the first trade nothing is reached").to.deep.equal([
        "accepted 2 waiting",
      ]);
      shard.cancel(2);
      shard.trade(100);
      expect(shard.place(stop)).to.deep.equal(["rejected PlaceOrder would-trigger"]);
      expect(shard.place({ ...stop, stopPrice: 99 })).to.deep.equal(["accepted 1 waiting"]);
    });

    it("take their turns upward by rising price, then downward by falling price, then by time", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 9, account: 3, side: "SELL", price: 120, quantity: 50 });
      shard.trade(100);
      const buy = { type: "STOP_LOSS_LIMIT", side: "BUY", price: 50 } as const;
      shard.place({ ...buy, id: 1, stopPrice: 111 });
      shard.place({ ...buy, id: 2, stopPrice: 110 });
      shard.place({ ...buy, id: 3, stopPrice: 111 });
      shard.place({ ...buy, id: 4, stopPrice: 112 });
      expect(shard.place({ id: 10, account: 4, price: 120, quantity: 1 }).slice(2)).to.deep.equal([
        "triggered 2",
        "triggered 1",
        "triggered 3",
        "triggered 4",
      ]);
      const sell = { type: "STOP_LOSS_LIMIT", side: "SELL", price: 500 } as const;
      shard.place({ ...sell, id: 11, stopPrice: 96 });
      shard.place({ ...sell, id: 12, stopPrice: 97 });
      shard.cancelAll(3);
      expect(shard.trade(95)).to.deep.equal(["triggered 12", "triggered 11"]);
    });

    it("set each other off, first come first served, in one command", () => {
      const shard = new EngineShard(engine);
      for (const [at, price] of [100, 99, 98, 97].entries())
        shard.place({ id: 20 + at, account: 2, price, quantity: 1 });
      const stop = { type: "STOP_LOSS", side: "SELL", quantity: 1 } as const;
      shard.place({ ...stop, id: 1, stopPrice: 98 });
      shard.place({ ...stop, id: 2, stopPrice: 99 });
      shard.place({ ...stop, id: 3, stopPrice: 100 });
      expect(shard.place({ id: 9, account: 3, side: "SELL", price: 100, quantity: 1 })).to.deep.equal([
        "accepted 9 working",
        "trade 9 takes 1 @ 100 of 20",
        "triggered 3",
        "trade 3 takes 1 @ 99 of 21",
        "triggered 2",
        "trade 2 takes 1 @ 98 of 22",
        "triggered 1",
        "trade 1 takes 1 @ 97 of 23",
      ]);
    });

    it("wait until the order that set them off is done", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 20, account: 2, price: 100, quantity: 1 });
      shard.place({ id: 21, account: 2, price: 99, quantity: 1 });
      shard.place({ id: 1, type: "STOP_LOSS", side: "SELL", stopPrice: 100, quantity: 1 });
      expect(shard.place({ id: 9, account: 3, side: "SELL", price: 99, quantity: 2 }).slice(1)).to.deep.equal(
        ["trade 9 takes 1 @ 100 of 20", "trade 9 takes 1 @ 99 of 21", "triggered 1", "expired 1 unfilled"],
      );
    });

    it("work by their time in force once they are triggered", () => {
      const shard = new EngineShard(engine);
      shard.trade(100);
      const stop = { type: "STOP_LOSS_LIMIT", side: "SELL", stopPrice: 90, price: 85, quantity: 3 } as const;
      shard.place({ ...stop, id: 1, timeInForce: "FOK" });
      shard.place({ ...stop, id: 2, timeInForce: "IOC" });
      shard.place({ ...stop, id: 3 });
      shard.place({ id: 9, account: 3, price: 86, quantity: 1 });
      shard.place({ id: 8, account: 2, price: 90 });
      expect(shard.place({ id: 7, account: 4, side: "SELL", price: 90 }).slice(2)).to.deep.equal([
        "triggered 1",
        "expired 1 unfilled",
        "triggered 2",
        "trade 2 takes 1 @ 86 of 9",
        "expired 2 unfilled",
        "triggered 3",
      ]);
      expect(shard.book("SELL")).to.deep.equal(["3: 3 @ 85"]);
    });

    it("lock by their stop price, and spend no more than their account has", () => {
      const shard = new EngineShard(engine);
      shard.trade(100);
      shard.place({ id: 1, type: "STOP_LOSS", side: "BUY", stopPrice: 110, quantity: 10 });
      expect(shard.balance(1, "QQQ").locked).to.equal(1100);
      shard.keep(1, "QQQ", 50);
      shard.place({ id: 5, account: 2, side: "SELL", price: 110, quantity: 1 });
      shard.place({ id: 6, account: 2, side: "SELL", price: 150, quantity: 20 });
      expect(shard.place({ id: 7, account: 3, price: 110, quantity: 1 }).slice(2)).to.deep.equal([
        "triggered 1",
        "trade 1 takes 7 @ 150 of 6",
        "expired 1 insufficient-balance",
      ]);
      expect(shard.balance(1, "QQQ")).to.deep.equal({ free: 100, locked: 0 });
    });

    it("lock by the last price where they trail without a stop price", () => {
      const shard = new EngineShard(engine);
      shard.trade(100);
      shard.place({ id: 1, type: "TAKE_PROFIT", side: "BUY", trailingDelta: 100, quantity: 10 });
      expect(shard.order(1)).to.include({ lockPrice: 100, locked: 1000, extreme: 100 });
    });

    it("may be amended and canceled while they wait", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, type: "STOP_LOSS_LIMIT", stopPrice: 110, price: 120, quantity: 10 });
      expect(shard.amend(1, 4)).to.deep.equal(["amended 1 to 4"]);
      expect(shard.balance(1, "QQQ").locked).to.equal(480);
      expect(shard.cancel(1)).to.deep.equal(["canceled 1"]);
      expect(shard.balance(1, "QQQ").locked).to.equal(0);
    });
  });
}
