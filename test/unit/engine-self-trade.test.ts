import { expect } from "chai";
import { describe, it } from "mocha";
import { EngineShard } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

/** Scenarios A to G of Binance's "Self Trade Prevention (STP) FAQ": quantities in tenths, prices in tenths. */
for (const engine of ENGINES) {
  describe(`self-trade prevention of the ${engine.name}`, () => {
    function withThreeMakers(): EngineShard {
      const shard = new EngineShard(engine);
      shard.place({ id: 2, quantity: 12, price: 12 });
      shard.place({ id: 3, quantity: 13, price: 11 });
      shard.place({ id: 4, quantity: 81, price: 10 });
      return shard;
    }

    it("A: NONE lets an account trade with itself", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 2, quantity: 10, price: 10 });
      expect(shard.place({ id: 3, side: "SELL", quantity: 10, price: 10 })).to.deep.equal([
        "accepted 3 working",
        "trade 3 takes 10 @ 10 of 2",
      ]);
      expect(shard.balance(1, "QQQ"), "what was paid was received").to.deep.equal({
        free: 100_000_000_000,
        locked: 0,
      });
    });

    it("B: EXPIRE_MAKER ends the makers, and the taker rests", () => {
      const shard = withThreeMakers();
      expect(
        shard.place({ id: 5, side: "SELL", quantity: 30, price: 10, selfTradePrevention: "EXPIRE_MAKER" }),
      ).to.deep.equal([
        "accepted 5 working",
        "prevented EXPIRE_MAKER 5 (0) and 2 (12)",
        "expired 2 self-trade",
        "prevented EXPIRE_MAKER 5 (0) and 3 (13)",
        "expired 3 self-trade",
        "prevented EXPIRE_MAKER 5 (0) and 4 (81)",
        "expired 4 self-trade",
      ]);
      expect(shard.book("SELL")).to.deep.equal(["5: 30 @ 10"]);
      expect(shard.balance(1, "QQQ").locked, "the makers' money is free").to.equal(0);
    });

    it("C: EXPIRE_TAKER ends the taker, and the makers stay", () => {
      const shard = withThreeMakers();
      expect(
        shard.place({ id: 5, side: "SELL", quantity: 30, price: 10, selfTradePrevention: "EXPIRE_TAKER" }),
      ).to.deep.equal([
        "accepted 5 working",
        "prevented EXPIRE_TAKER 5 (30) and 2 (0)",
        "expired 5 self-trade",
      ]);
      expect(shard.book("BUY")).to.deep.equal(["2: 12 @ 12", "3: 13 @ 11", "4: 81 @ 10"]);
    });

    it("D: EXPIRE_BOTH ends both, the maker first", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 2, quantity: 10, price: 10 });
      expect(
        shard.place({ id: 5, side: "SELL", quantity: 30, price: 10, selfTradePrevention: "EXPIRE_BOTH" }),
      ).to.deep.equal([
        "accepted 5 working",
        "prevented EXPIRE_BOTH 5 (30) and 2 (10)",
        "expired 2 self-trade",
        "expired 5 self-trade",
      ]);
      expect(shard.open()).to.deep.equal([]);
    });

    it("E: the taker's mode decides, not the maker's", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 2, quantity: 10, price: 10, selfTradePrevention: "EXPIRE_MAKER" });
      shard.place({ id: 5, side: "SELL", quantity: 10, price: 10, selfTradePrevention: "EXPIRE_TAKER" });
      expect(shard.open()).to.deep.equal(["2 in the book"]);
    });

    it("F: a market order whose only maker was its own expires for want of another", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 2, quantity: 10, price: 10 });
      expect(
        shard.place({
          id: 5,
          side: "SELL",
          type: "MARKET",
          quantity: 10,
          selfTradePrevention: "EXPIRE_MAKER",
        }),
      ).to.deep.equal([
        "accepted 5 working",
        "prevented EXPIRE_MAKER 5 (0) and 2 (10)",
        "expired 2 self-trade",
        "expired 5 unfilled",
      ]);
    });

    it("G: DECREMENT takes the smaller quantity off both, and ends the one with nothing left", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 23, quantity: 6, price: 20 });
      expect(
        shard.place({ id: 24, side: "SELL", quantity: 2, price: 20, selfTradePrevention: "DECREMENT" }),
      ).to.deep.equal([
        "accepted 24 working",
        "prevented DECREMENT 24 (2) and 23 (2)",
        "expired 24 self-trade",
      ]);
      expect(shard.order(23)).to.include({ quantity: 6, executed: 0, prevented: 2, visible: 4, locked: 80 });
    });

    it("DECREMENT ends the maker and goes on, or both where they are equal", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, quantity: 2, price: 20 });
      shard.place({ id: 2, account: 2, quantity: 1, price: 20 });
      expect(
        shard.place({ id: 3, side: "SELL", quantity: 5, price: 20, selfTradePrevention: "DECREMENT" }),
      ).to.deep.equal([
        "accepted 3 working",
        "prevented DECREMENT 3 (2) and 1 (2)",
        "expired 1 self-trade",
        "trade 3 takes 1 @ 20 of 2",
      ]);
      expect(shard.order(3)).to.include({ executed: 1, prevented: 2, visible: 2, locked: 2 });
      expect(shard.place({ id: 4, quantity: 2, price: 20, selfTradePrevention: "DECREMENT" })).to.deep.equal([
        "accepted 4 working",
        "prevented DECREMENT 4 (2) and 3 (2)",
        "expired 3 self-trade",
        "expired 4 self-trade",
      ]);
    });

    it("DECREMENT takes what an iceberg shows, whose next part goes to the back of the queue", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, quantity: 5, icebergQuantity: 2, price: 20 });
      shard.place({ id: 2, account: 2, quantity: 3, price: 20 });
      shard.place({ id: 3, side: "SELL", quantity: 2, price: 20, selfTradePrevention: "DECREMENT" });
      expect(shard.book("BUY")).to.deep.equal(["2: 3 @ 20", "1: 2 @ 20"]);
    });

    it("DECREMENT uses up the quote of an order by quoteQuantity", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, side: "SELL", quantity: 3, price: 20 });
      shard.place({ id: 2, account: 2, side: "SELL", quantity: 9, price: 20 });
      const order = { id: 3, type: "MARKET", quoteQuantity: 110, selfTradePrevention: "DECREMENT" } as const;
      expect(shard.place(order)).to.deep.equal([
        "accepted 3 working",
        "prevented DECREMENT 3 (3) and 1 (3)",
        "expired 1 self-trade",
        "trade 3 takes 2 @ 20 of 2",
        "expired 3 quote-spent",
      ]);
    });

    it("a FOK order whose fill prevention would stop expires before anything happens", () => {
      for (const selfTradePrevention of ["EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT"] as const) {
        const shard = new EngineShard(engine);
        shard.place({ id: 1, account: 2, quantity: 3, price: 20 });
        shard.place({ id: 2, quantity: 3, price: 19 });
        const told = shard.place({
          id: 3,
          side: "SELL",
          timeInForce: "FOK",
          quantity: 4,
          price: 19,
          selfTradePrevention,
        });
        expect(told).to.deep.equal(["accepted 3 working", "expired 3 unfilled"]);
      }
    });

    it("refuses a mode that the market does not allow", () => {
      const shard = new EngineShard(engine, {
        allowedSelfTradePrevention: ["NONE", "EXPIRE_TAKER", "EXPIRE_BOTH"],
      });
      expect(shard.place({ id: 1, selfTradePrevention: "EXPIRE_MAKER" })).to.deep.equal([
        "rejected PlaceOrder self-trade-prevention-not-allowed",
      ]);
    });
  });
}
