import { expect } from "chai";
import { describe, it } from "mocha";
import { EngineShard } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

/** The scenarios A to E of Binance's "Spot Trailing Stop order FAQ", in ticks of half a USDT. */
const usdt = (price: number) => price * 2;

for (const engine of ENGINES) {
  describe(`trailing stops of the ${engine.name}`, () => {
    /** A shard where 40,000 was just traded and the order was placed. */
    function shardWith(order: object): { shard: EngineShard; walk: (from: number, to: number) => string[] } {
      const shard = new EngineShard(engine);
      shard.trade(usdt(40_000));
      expect(shard.place({ id: 1, quantity: 3, ...order })).to.deep.equal(["accepted 1 waiting"]);
      /** Trades that lead from one price to another, in steps of 100 USDT; the last is exactly there. */
      const walk = (from: number, to: number) => {
        const steps = Math.floor(Math.abs(to - from) / 100);
        const prices = Array.from({ length: steps }, (_, at) => from + Math.sign(to - from) * 100 * at);
        return shard.trade(...prices.map(usdt), usdt(to));
      };
      return { shard, walk };
    }

    it("A: a STOP_LOSS_LIMIT buy tracks from its stop price on and is triggered 5 % above the lowest", () => {
      const { shard, walk } = shardWith({
        side: "BUY",
        type: "STOP_LOSS_LIMIT",
        stopPrice: usdt(44_000),
        trailingDelta: 500,
        price: usdt(45_000),
      });
      expect(walk(40_000, 37_000)).to.deep.equal([]);
      expect(walk(37_000, 43_900)).to.deep.equal([]);
      expect(shard.order(1)?.extreme, "it does not track yet").to.equal(0);
      expect(walk(44_000, 45_000)).to.deep.equal([]);
      expect(shard.order(1)?.extreme).to.equal(usdt(44_000));
      expect(walk(45_000, 46_000)).to.deep.equal([]);
      expect(walk(46_000, 42_000)).to.deep.equal([]);
      expect(shard.order(1)?.extreme).to.equal(usdt(42_000));
      expect(walk(42_000, 44_099)).to.deep.equal([]);
      expect(shard.trade(usdt(44_099.5)), "half a USDT below its trigger").to.deep.equal([]);
      expect(shard.trade(usdt(44_100))).to.deep.equal(["triggered 1"]);
      expect(shard.book("BUY"), "it works at its limit").to.deep.equal([`1: 3 @ ${usdt(45_000)}`]);
    });

    it("B: a STOP_LOSS_LIMIT sell tracks from its stop price on and is triggered 10 % below the highest", () => {
      const { shard, walk } = shardWith({
        side: "SELL",
        type: "STOP_LOSS_LIMIT",
        stopPrice: usdt(39_000),
        trailingDelta: 1000,
        price: usdt(38_000),
      });
      expect(walk(40_000, 41_500)).to.deep.equal([]);
      expect(walk(41_500, 39_100)).to.deep.equal([]);
      expect(shard.order(1)?.extreme).to.equal(0);
      expect(walk(39_000, 37_000)).to.deep.equal([]);
      expect(shard.order(1)?.extreme).to.equal(usdt(39_000));
      expect(walk(37_000, 41_000)).to.deep.equal([]);
      expect(shard.order(1)?.extreme).to.equal(usdt(41_000));
      expect(walk(41_000, 36_901)).to.deep.equal([]);
      expect(shard.trade(usdt(36_900))).to.deep.equal(["triggered 1"]);
      expect(shard.book("SELL")).to.deep.equal([`1: 3 @ ${usdt(38_000)}`]);
    });

    it("C: a TAKE_PROFIT_LIMIT buy tracks below its stop price and is triggered 8.5 % above the lowest", () => {
      const { shard, walk } = shardWith({
        side: "BUY",
        type: "TAKE_PROFIT_LIMIT",
        stopPrice: usdt(38_000),
        trailingDelta: 850,
        price: usdt(38_500),
      });
      expect(walk(40_000, 42_000)).to.deep.equal([]);
      expect(walk(42_000, 37_000)).to.deep.equal([]);
      expect(shard.order(1)?.extreme).to.equal(usdt(37_000));
      expect(walk(37_000, 39_000)).to.deep.equal([]);
      expect(walk(39_000, 38_000)).to.deep.equal([]);
      expect(shard.order(1)?.extreme, "38,000 is no new low").to.equal(usdt(37_000));
      expect(walk(38_000, 40_144)).to.deep.equal([]);
      expect(shard.trade(usdt(40_145))).to.deep.equal(["triggered 1"]);
      expect(shard.book("BUY")).to.deep.equal([`1: 3 @ ${usdt(38_500)}`]);
    });

    it("D: a TAKE_PROFIT_LIMIT sell tracks above its stop price and is triggered 7.5 % below the highest", () => {
      const { shard, walk } = shardWith({
        side: "SELL",
        type: "TAKE_PROFIT_LIMIT",
        stopPrice: usdt(42_000),
        trailingDelta: 750,
        price: usdt(41_000),
      });
      expect(walk(40_000, 41_500)).to.deep.equal([]);
      expect(walk(41_500, 39_000)).to.deep.equal([]);
      expect(shard.order(1)?.extreme).to.equal(0);
      expect(walk(39_000, 45_000)).to.deep.equal([]);
      expect(shard.order(1)?.extreme).to.equal(usdt(45_000));
      expect(walk(45_000, 44_000)).to.deep.equal([]);
      expect(walk(44_000, 46_500)).to.deep.equal([]);
      expect(walk(46_500, 43_013)).to.deep.equal([]);
      expect(shard.trade(usdt(43_012.5))).to.deep.equal(["triggered 1"]);
      expect(shard.book("SELL")).to.deep.equal([`1: 3 @ ${usdt(41_000)}`]);
    });

    it("E: without a stop price it tracks from the moment it is placed", () => {
      const { shard, walk } = shardWith({
        side: "SELL",
        type: "STOP_LOSS_LIMIT",
        trailingDelta: 700,
        price: usdt(39_000),
      });
      expect(shard.order(1)?.extreme).to.equal(usdt(40_000));
      expect(walk(40_000, 42_000)).to.deep.equal([]);
      expect(walk(42_000, 39_500)).to.deep.equal([]);
      expect(walk(39_500, 45_500)).to.deep.equal([]);
      expect(walk(45_500, 42_315.5)).to.deep.equal([]);
      expect(shard.trade(usdt(42_315))).to.deep.equal(["triggered 1"]);
      expect(shard.book("SELL")).to.deep.equal([`1: 3 @ ${usdt(39_000)}`]);
    });

    it("needs a last price where it has no stop price", () => {
      const shard = new EngineShard(engine);
      const order = { id: 1, side: "SELL", type: "STOP_LOSS", trailingDelta: 100 } as const;
      expect(shard.place(order)).to.deep.equal(["rejected PlaceOrder no-last-price"]);
      shard.trade(100);
      expect(shard.place(order)).to.deep.equal(["accepted 1 waiting"]);
    });

    it("rounds the trigger of a buy up and of a sell down to whole ticks", () => {
      const shard = new EngineShard(engine);
      shard.trade(150);
      shard.place({ id: 1, side: "BUY", type: "STOP_LOSS_LIMIT", trailingDelta: 100, price: 10 });
      shard.place({ id: 2, side: "SELL", type: "STOP_LOSS_LIMIT", trailingDelta: 100, price: 500 });
      expect(shard.trade(151, 149), "151.5 and then 149.49 would trigger").to.deep.equal(["triggered 2"]);
    });
  });
}
