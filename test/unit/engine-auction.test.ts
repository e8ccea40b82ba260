import { expect } from "chai";
import { describe, it } from "mocha";
import { type Ask, EngineShard } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

/** `side quantity @ price`, of accounts that take turns. */
type Line = readonly ["BUY" | "SELL", number, number];

for (const engine of ENGINES) {
  describe(`the call auction of the ${engine.name}`, () => {
    /** What opening tells after these orders were collected; `last` is the price traded before. */
    function opening(lines: readonly Line[], last?: number): string[] {
      const shard = new EngineShard(engine);
      if (last !== undefined) shard.trade(last);
      shard.state("BREAK");
      for (const [at, [side, quantity, price]] of lines.entries())
        shard.place({ id: 1 + at, account: 1 + (at % 5), side, quantity, price });
      return shard.state("TRADING").slice(1);
    }

    it("collects orders without matching them, and trades at one price when the market opens", () => {
      const shard = new EngineShard(engine);
      shard.state("BREAK");
      expect(shard.place({ id: 1, account: 1, price: 102, quantity: 3 })).to.deep.equal([
        "accepted 1 working",
      ]);
      expect(shard.place({ id: 2, account: 2, side: "SELL", price: 98, quantity: 3 })).to.deep.equal([
        "accepted 2 working",
      ]);
      expect(shard.book("BUY")).to.deep.equal(["1: 3 @ 102"]);
      expect(shard.state("TRADING")).to.deep.equal([
        "market TRADING",
        "auction 3 @ 100",
        "trade 2 takes 3 @ 100 of 1",
      ]);
      expect(shard.balance(1, "QQQ"), "what was locked beyond the price is free").to.deep.equal({
        free: 100_000_000_000 - 300,
        locked: 0,
      });
    });

    it("chooses the price of most volume", () => {
      // At 101: min(10, 9) = 9; at 100: min(10, 4) = 4; at 102: min(6, 9) = 6.
      const lines: Line[] = [
        ["BUY", 6, 102],
        ["BUY", 4, 101],
        ["SELL", 4, 100],
        ["SELL", 5, 101],
      ];
      expect(opening(lines, 100)[0]).to.equal("auction 9 @ 101");
    });

    it("then of least imbalance", () => {
      // From 100 to 102 five lots trade; at 102 the buyers are 5, below they are 8 or more.
      const lines: Line[] = [
        ["BUY", 5, 102],
        ["BUY", 3, 101],
        ["SELL", 5, 100],
      ];
      expect(opening(lines, 100)[0]).to.equal("auction 5 @ 102");
    });

    it("then nearest to the last price, or to the middle where there was no trade", () => {
      const lines: Line[] = [
        ["BUY", 5, 106],
        ["SELL", 5, 100],
      ];
      expect(opening(lines, 104)[0]).to.equal("auction 5 @ 104");
      expect(opening(lines, 90)[0], "below the range: its lowest").to.equal("auction 5 @ 100");
      expect(opening(lines, 120)[0], "above the range: its highest").to.equal("auction 5 @ 106");
      expect(opening(lines)[0], "no last price").to.equal("auction 5 @ 103");
      expect(
        opening([
          ["BUY", 5, 105],
          ["SELL", 5, 100],
        ])[0],
        "the middle is rounded down",
      ).to.equal("auction 5 @ 102");
    });

    it("does nothing where the best bid is below the best ask, and opens where they are equal", () => {
      expect(
        opening([
          ["BUY", 5, 99],
          ["SELL", 5, 100],
        ]),
      ).to.deep.equal([]);
      expect(
        opening([
          ["BUY", 5, 100],
          ["SELL", 5, 100],
        ])[0],
      ).to.equal("auction 5 @ 100");
    });

    it("serves the best prices first, then the oldest; the younger of two is the taker", () => {
      const lines: Line[] = [
        ["BUY", 2, 101],
        ["BUY", 2, 103],
        ["SELL", 3, 100],
        ["BUY", 2, 103],
      ];
      expect(opening(lines, 101)).to.deep.equal([
        "auction 3 @ 102",
        "trade 3 takes 2 @ 102 of 2",
        "trade 4 takes 1 @ 102 of 3",
      ]);
    });

    it("counts all of an iceberg, and lets it trade part by part, in turn with its level", () => {
      const shard = new EngineShard(engine);
      shard.state("BREAK");
      shard.place({ id: 1, account: 1, price: 100, quantity: 5, icebergQuantity: 2 });
      shard.place({ id: 2, account: 2, price: 100, quantity: 1 });
      shard.place({ id: 3, account: 3, side: "SELL", price: 100, quantity: 6 });
      expect(shard.state("TRADING").slice(1)).to.deep.equal([
        "auction 6 @ 100",
        "trade 3 takes 2 @ 100 of 1",
        "trade 3 takes 1 @ 100 of 2",
        "trade 1 takes 2 @ 100 of 3",
        "trade 1 takes 1 @ 100 of 3",
      ]);
    });

    it("takes each side's fee: the taker's of the younger order", () => {
      const shard = new EngineShard(engine, { makerFeePpm: 100_000, takerFeePpm: 200_000 });
      shard.state("BREAK");
      shard.place({ id: 1, account: 1, price: 100, quantity: 10 });
      shard.place({ id: 2, account: 2, side: "SELL", price: 100, quantity: 10 });
      shard.state("TRADING");
      expect(shard.balance(1, "AAA").free).to.equal(1_000_000 + 9);
      expect(shard.balance(2, "QQQ").free).to.equal(100_000_000_000 + 800);
      expect([shard.balance(0, "AAA").free, shard.balance(0, "QQQ").free]).to.deep.equal([1, 200]);
    });

    it("ends OCO partners before the first trade, and gives turns to what it triggers and activates", () => {
      const shard = new EngineShard(engine);
      shard.trade(100);
      shard.state("BREAK");
      const oco: Ask[] = [
        { id: 1, side: "SELL", type: "LIMIT_MAKER", price: 105, quantity: 2 },
        { id: 2, side: "SELL", type: "STOP_LOSS", stopPrice: 90, quantity: 2 },
      ];
      shard.list("OCO", oco);
      shard.list("OTO", [
        { id: 3, account: 2, price: 106, quantity: 2 },
        { id: 4, account: 2, side: "SELL", price: 130, quantity: 2 },
      ]);
      shard.place({ id: 5, account: 3, type: "STOP_LOSS_LIMIT", stopPrice: 105, price: 50 });
      expect(shard.state("TRADING")).to.deep.equal([
        "market TRADING",
        "auction 2 @ 105",
        "expired 2 order-list",
        "trade 3 takes 2 @ 105 of 1",
        "list 100 done",
        "activated 4",
        "triggered 5",
      ]);
    });

    it("keeps orders out that would meet their own account, but for NONE", () => {
      const shard = new EngineShard(engine);
      shard.state("BREAK");
      shard.place({ id: 1, price: 100, selfTradePrevention: "EXPIRE_MAKER" });
      const own = { id: 2, side: "SELL", price: 100, selfTradePrevention: "EXPIRE_TAKER" } as const;
      expect(shard.place(own)).to.deep.equal(["rejected PlaceOrder self-trade-in-auction"]);
      expect(shard.place({ ...own, price: 101 })).to.deep.equal(["accepted 2 working"]);
      expect(shard.place({ ...own, id: 3, selfTradePrevention: "NONE" })).to.deep.equal([
        "accepted 3 working",
      ]);
      expect(shard.state("TRADING").slice(1)).to.deep.equal([
        "auction 1 @ 100",
        "trade 3 takes 1 @ 100 of 1",
      ]);
    });
  });
}
