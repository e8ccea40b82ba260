import { expect } from "chai";
import { describe, it } from "mocha";
import { type Ask, EngineShard, START } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

for (const engine of ENGINES) {
  describe(`OTO lists of the ${engine.name}`, () => {
    const working: Ask = { id: 1, side: "BUY", price: 100, quantity: 2 };

    function withOto(pending: Partial<Ask>, first: Partial<Ask> = {}): EngineShard {
      const shard = new EngineShard(engine);
      const asks = [
        { ...working, ...first },
        { id: 2, side: "SELL" as const, quantity: 2, ...pending },
      ];
      expect(shard.list("OTO", asks)).to.deep.equal([
        "list 100 OTO",
        "accepted 1 working",
        "accepted 2 pending",
      ]);
      return shard;
    }
    const fill = { id: 9, account: 2, side: "SELL", price: 100, quantity: 2 } as const;

    it("lock nothing for the pending order, and activate it when the working one is filled, not before", () => {
      const shard = withOto({ price: 120 });
      expect(shard.balance(1, "AAA").locked).to.equal(0);
      expect(shard.place({ ...fill, quantity: 1 })).to.deep.equal([
        "accepted 9 working",
        "trade 9 takes 1 @ 100 of 1",
      ]);
      expect(shard.open()).to.deep.equal(["1 in the book", "2 pending"]);
      expect(shard.place({ ...fill, id: 10, quantity: 1 })).to.deep.equal([
        "accepted 10 working",
        "trade 10 takes 1 @ 100 of 1",
        "activated 2",
      ]);
      expect(shard.book("SELL")).to.deep.equal(["2: 2 @ 120"]);
      expect(shard.cancel(2)).to.deep.equal(["canceled 2", "list 100 done"]);
    });

    it("activate at once where the working order is filled as it is placed", () => {
      const shard = new EngineShard(engine);
      shard.place({ ...fill, quantity: 5 });
      const pending = { id: 2, side: "SELL", price: 120, quantity: 2 } as const;
      expect(shard.list("OTO", [working, pending])).to.deep.equal([
        "list 100 OTO",
        "accepted 1 working",
        "accepted 2 pending",
        "trade 1 takes 2 @ 100 of 9",
        "activated 2",
      ]);
    });

    it("end the pending order with a working one that was not filled: canceled or expired", () => {
      expect(withOto({ price: 120 }).cancel(1)).to.deep.equal(["canceled 1", "canceled 2", "list 100 done"]);
      expect(withOto({ price: 120 }).cancel(2)).to.deep.equal(["canceled 1", "canceled 2", "list 100 done"]);
      const dated = withOto({ price: 120 }, { timeInForce: "GTD", goodTillDate: START + 5 });
      expect(dated.tick(5)).to.deep.equal([
        "expired 1 good-till-date",
        "expired 2 order-list",
        "list 100 done",
      ]);
      const immediate = new EngineShard(engine);
      const asks = [
        { ...working, timeInForce: "IOC" } as const,
        { id: 2, side: "SELL", price: 120 } as const,
      ];
      expect(immediate.list("OTO", asks)).to.include.members(["expired 1 unfilled", "expired 2 order-list"]);
    });

    it("go on without a pending order whose date has come", () => {
      const shard = withOto({ price: 120, timeInForce: "GTD", goodTillDate: START + 5 });
      expect(shard.tick(5)).to.deep.equal(["expired 2 good-till-date"]);
      expect(shard.place(fill)).to.deep.equal([
        "accepted 9 working",
        "trade 9 takes 2 @ 100 of 1",
        "list 100 done",
      ]);
    });

    it("let a pending MARKET order take, as far as its account can pay", () => {
      const shard = withOto({ type: "MARKET", quantity: 5 });
      shard.keep(1, "AAA", 1);
      shard.place({ id: 8, account: 3, price: 80, quantity: 9 });
      expect(shard.place(fill)).to.deep.equal([
        "accepted 9 working",
        "trade 9 takes 2 @ 100 of 1",
        "activated 2",
        "trade 2 takes 3 @ 80 of 8",
        "expired 2 insufficient-balance",
        "list 100 done",
      ]);
    });

    it("end a pending order that would take as LIMIT_MAKER, or whose account is short", () => {
      const taking = withOto({ type: "LIMIT_MAKER", price: 80 });
      taking.place({ id: 8, account: 3, price: 90 });
      expect(taking.place(fill)).to.include.members(["activated 2", "expired 2 would-take", "list 100 done"]);
      const poor = withOto({ price: 120, quantity: 3 });
      poor.keep(1, "AAA", 0);
      expect(poor.place(fill)).to.include.members(["activated 2", "expired 2 insufficient-balance"]);
    });

    it("let a pending stop wait, or trigger at once where the last price is there already", () => {
      const stop = { type: "STOP_LOSS_LIMIT", price: 70, stopPrice: 90 } as const;
      const waiting = withOto(stop);
      expect(waiting.place(fill)).to.include("activated 2").and.not.include("triggered 2");
      expect(waiting.open()).to.deep.equal(["2 waiting"]);
      const reached = withOto({ ...stop, stopPrice: 100 });
      expect(reached.place(fill).slice(-2)).to.deep.equal(["activated 2", "triggered 2"]);
      expect(reached.book("SELL")).to.deep.equal(["2: 2 @ 70"]);
    });

    it("let a pending trailing stop track from the last price where that is past its stop price", () => {
      const shard = withOto({ type: "STOP_LOSS_LIMIT", price: 70, stopPrice: 105, trailingDelta: 1000 });
      expect(shard.place(fill)).to.include("activated 2").and.not.include("triggered 2");
      expect(shard.order(2)?.extreme).to.equal(100);
      expect(shard.trade(91)).to.deep.equal([]);
      expect(shard.trade(90)).to.deep.equal(["triggered 2"]);
    });

    it("may not be amended, nor begin with other than a limit order, nor wait by quoteQuantity", () => {
      expect(withOto({ price: 120 }).amend(1, 1)).to.deep.equal(["rejected AmendOrder amend-in-list"]);
      const shard = new EngineShard(engine);
      const pending = { id: 2, side: "SELL", price: 120 } as const;
      expect(shard.list("OTO", [{ id: 1, type: "MARKET", quantity: 1 }, pending])).to.deep.equal([
        "rejected PlaceOrderList malformed-list",
      ]);
      const byQuote = { id: 2, side: "SELL", type: "MARKET", quoteQuantity: 100 } as const;
      expect(shard.list("OTO", [working, byQuote])).to.deep.equal(["rejected PlaceOrderList malformed-list"]);
    });
  });

  describe(`OTOCO lists of the ${engine.name}`, () => {
    const working: Ask = { id: 1, side: "BUY", price: 100, quantity: 2 };
    const above: Ask = { id: 2, side: "SELL", type: "LIMIT_MAKER", price: 120, quantity: 2 };
    const below: Ask = { id: 3, side: "SELL", type: "STOP_LOSS", stopPrice: 80, quantity: 2 };
    const fill = { id: 9, account: 2, side: "SELL", price: 100, quantity: 2 } as const;

    function withOtoco(asks: readonly Ask[] = [working, above, below]): EngineShard {
      const shard = new EngineShard(engine);
      expect(shard.list("OTOCO", asks)).to.deep.equal([
        "list 100 OTOCO",
        "accepted 1 working",
        "accepted 2 pending",
        "accepted 3 pending",
      ]);
      return shard;
    }

    it("activate both, locked once, and then live as an OCO", () => {
      const shard = withOtoco();
      expect(shard.place(fill)).to.deep.equal([
        "accepted 9 working",
        "trade 9 takes 2 @ 100 of 1",
        "activated 2",
        "activated 3",
      ]);
      expect(shard.open()).to.deep.equal(["2 in the book", "3 waiting"]);
      expect([shard.order(2)?.locked, shard.order(3)?.locked]).to.deep.equal([2, 0]);
      expect(shard.trade(80)).to.deep.equal([
        "triggered 3",
        "expired 2 order-list",
        "expired 3 unfilled",
        "list 100 done",
      ]);
    });

    it("fail as a whole with the working order", () => {
      expect(withOtoco().cancel(1)).to.deep.equal([
        "canceled 1",
        "canceled 2",
        "canceled 3",
        "list 100 done",
      ]);
      const dated = withOtoco([{ ...working, timeInForce: "GTD", goodTillDate: START + 5 }, above, below]);
      expect(dated.tick(5)).to.deep.equal([
        "expired 1 good-till-date",
        "expired 2 order-list",
        "expired 3 order-list",
        "list 100 done",
      ]);
    });

    it("lose both pending orders by the date of one, and keep the working one", () => {
      const shard = withOtoco([working, { ...above, timeInForce: "GTD", goodTillDate: START + 5 }, below]);
      expect(shard.tick(5)).to.deep.equal(["expired 2 good-till-date", "expired 3 order-list"]);
      expect(shard.open()).to.deep.equal(["1 in the book"]);
    });

    it("end both where the first would take, and where neither can be locked", () => {
      const cheap = withOtoco([working, { ...above, price: 90 }, below]);
      cheap.place({ id: 8, account: 3, price: 95, quantity: 1 });
      expect(cheap.place(fill).slice(-4)).to.deep.equal([
        "activated 3",
        "expired 2 would-take",
        "expired 3 order-list",
        "list 100 done",
      ]);
      const poor = withOtoco([working, { ...above, quantity: 3 }, { ...below, quantity: 3 }]);
      poor.keep(1, "AAA", 0);
      expect(poor.place(fill).slice(-3)).to.deep.equal([
        "expired 2 insufficient-balance",
        "expired 3 insufficient-balance",
        "list 100 done",
      ]);
    });

    it("trigger at once the one whose price the market has reached, and end the other", () => {
      const shard = withOtoco([working, above, { ...below, stopPrice: 105 }]);
      shard.place({ id: 8, account: 3, price: 70, quantity: 2 });
      expect(shard.place(fill).slice(2)).to.deep.equal([
        "activated 2",
        "activated 3",
        "triggered 3",
        "expired 2 order-list",
        "trade 3 takes 2 @ 70 of 8",
        "list 100 done",
      ]);
    });
  });
}
