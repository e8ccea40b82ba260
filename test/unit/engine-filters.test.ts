import { expect } from "chai";
import { describe, it } from "mocha";
import type { RejectReason } from "#shared/domain/event.ts";
import type { Market } from "#shared/domain/market.ts";
import { type Ask, EngineShard } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

interface Case {
  readonly filter: Partial<Market>;
  readonly reason: RejectReason;
  /** Accepted: on the edge. */
  readonly good: readonly Omit<Ask, "id">[];
  /** Refused: one beyond. */
  readonly bad: readonly Omit<Ask, "id">[];
}

const SELL_STOP = { side: "SELL", type: "STOP_LOSS" } as const;
const BUY_STOP = { side: "BUY", type: "STOP_LOSS" } as const;
const SELL_PROFIT = { side: "SELL", type: "TAKE_PROFIT" } as const;
const BUY_PROFIT = { side: "BUY", type: "TAKE_PROFIT" } as const;

/** The last price is 1,001 when these orders are placed. */
const CASES: Readonly<Record<string, Case>> = {
  "PRICE_FILTER: price": {
    filter: { minPrice: 100, maxPrice: 2000 },
    reason: "price-filter",
    good: [{ price: 100 }, { price: 2000 }],
    bad: [{ price: 99 }, { price: 2001 }],
  },
  "PRICE_FILTER: stopPrice": {
    filter: { minPrice: 100, maxPrice: 2000 },
    reason: "price-filter",
    good: [
      { ...SELL_STOP, stopPrice: 100 },
      { ...BUY_STOP, stopPrice: 2000 },
    ],
    bad: [
      { ...SELL_STOP, stopPrice: 99 },
      { ...BUY_STOP, stopPrice: 2001 },
    ],
  },
  PERCENT_PRICE_BY_SIDE: {
    filter: {
      bidMultiplierUp: 11_000,
      bidMultiplierDown: 9_000,
      askMultiplierUp: 20_000,
      askMultiplierDown: 5_000,
    },
    reason: "percent-price-by-side",
    // 1,001 × 1.1 = 1,101.1; × 0.9 = 900.9; × 2 = 2,002; × 0.5 = 500.5.
    good: [{ price: 1101 }, { price: 901 }, { side: "SELL", price: 2002 }, { side: "SELL", price: 501 }],
    bad: [{ price: 1102 }, { price: 900 }, { side: "SELL", price: 2003 }, { side: "SELL", price: 500 }],
  },
  LOT_SIZE: {
    filter: { minQuantity: 3, maxQuantity: 9 },
    reason: "lot-size",
    good: [{ quantity: 3 }, { quantity: 9 }, { quantity: 9, icebergQuantity: 3 }],
    bad: [{ quantity: 2 }, { quantity: 10 }, { quantity: 9, icebergQuantity: 2 }],
  },
  MARKET_LOT_SIZE: {
    filter: { marketMinQuantity: 3, marketMaxQuantity: 9 },
    reason: "market-lot-size",
    good: [
      { quantity: 1 },
      { type: "MARKET", quantity: 3 },
      { type: "MARKET", quantity: 9 },
      { type: "MARKET", quoteQuantity: 1 },
      { ...SELL_STOP, stopPrice: 900, quantity: 9 },
      { ...SELL_STOP, type: "STOP_LOSS_LIMIT", stopPrice: 900, quantity: 10 },
    ],
    bad: [
      { type: "MARKET", quantity: 2 },
      { type: "MARKET", quantity: 10 },
      { ...SELL_STOP, stopPrice: 900, quantity: 10 },
      { ...BUY_PROFIT, stopPrice: 900, quantity: 2 },
    ],
  },
  NOTIONAL: {
    filter: { quotePerTickLot: 2, minNotional: 2000, maxNotional: 4004 },
    reason: "notional",
    good: [
      { price: 1000, quantity: 1 },
      { price: 1001, quantity: 2 },
      { type: "MARKET", quantity: 2 },
      { type: "MARKET", quoteQuantity: 2000 },
      { type: "MARKET", quoteQuantity: 4004 },
      { ...SELL_STOP, stopPrice: 1000, quantity: 2 },
      { ...SELL_STOP, trailingDelta: 5, quantity: 2 },
    ],
    bad: [
      { price: 999, quantity: 1 },
      { price: 2003, quantity: 1 },
      { type: "MARKET", quantity: 3 },
      { type: "MARKET", quoteQuantity: 1999 },
      { type: "MARKET", quoteQuantity: 4005 },
      { ...SELL_STOP, stopPrice: 999, quantity: 1 },
      { ...SELL_STOP, trailingDelta: 5, quantity: 3 },
    ],
  },
  ICEBERG_PARTS: {
    filter: { maxIcebergParts: 4 },
    reason: "iceberg-parts",
    good: [
      { quantity: 8, icebergQuantity: 2 },
      { quantity: 7, icebergQuantity: 2 },
    ],
    bad: [{ quantity: 9, icebergQuantity: 2 }],
  },
  "TRAILING_DELTA above": {
    filter: { minTrailingAboveDelta: 10, maxTrailingAboveDelta: 20 },
    reason: "trailing-delta",
    good: [
      { ...BUY_STOP, trailingDelta: 10 },
      { ...SELL_PROFIT, trailingDelta: 20 },
      { ...SELL_STOP, trailingDelta: 21 },
      { ...BUY_PROFIT, trailingDelta: 9 },
    ],
    bad: [
      { ...BUY_STOP, trailingDelta: 9 },
      { ...SELL_PROFIT, trailingDelta: 21 },
    ],
  },
  "TRAILING_DELTA below": {
    filter: { minTrailingBelowDelta: 10, maxTrailingBelowDelta: 20 },
    reason: "trailing-delta",
    good: [
      { ...SELL_STOP, trailingDelta: 10 },
      { ...BUY_PROFIT, trailingDelta: 20 },
      { ...BUY_STOP, trailingDelta: 21 },
    ],
    bad: [
      { ...SELL_STOP, trailingDelta: 9 },
      { ...BUY_PROFIT, trailingDelta: 21 },
    ],
  },
  "TRAILING_DELTA of 0, which is no filter": {
    filter: { minTrailingAboveDelta: 0, maxTrailingAboveDelta: 0 },
    reason: "malformed-order",
    good: [{ ...BUY_STOP, trailingDelta: 9_999 }],
    bad: [{ ...BUY_STOP, trailingDelta: 10_000 }],
  },
  MAX_POSITION: {
    // The account has 1,000,000 lots.
    filter: { maxPosition: 1_000_010 },
    reason: "max-position",
    good: [{ quantity: 10 }, { side: "SELL", quantity: 20 }],
    bad: [{ quantity: 11 }, { ...BUY_STOP, stopPrice: 1100, quantity: 11 }],
  },
};

for (const engine of ENGINES) {
  describe(`filters of the ${engine.name}`, () => {
    for (const [name, { filter, reason, good, bad }] of Object.entries(CASES)) {
      it(`${name}: takes what is on its edge and refuses what is beyond`, () => {
        const { quotePerTickLot = 1, ...changeable } = filter;
        const place = (order: Omit<Ask, "id">) => {
          const shard = new EngineShard(engine, { quotePerTickLot });
          shard.trade(1001);
          shard.define(changeable);
          return shard.place({ id: 1, ...order });
        };
        for (const order of good) expect(place(order)[0], JSON.stringify(order)).to.match(/^accepted 1/);
        for (const order of bad)
          expect(place(order), JSON.stringify(order)).to.deep.equal([`rejected PlaceOrder ${reason}`]);
      });
    }

    it("the prices of PERCENT_PRICE_BY_SIDE and NOTIONAL are not asked for before the first trade", () => {
      const shard = new EngineShard(engine, { bidMultiplierUp: 10_000, minNotional: 1000 });
      expect(shard.place({ id: 1, price: 5000 })).to.deep.equal(["accepted 1 working"]);
      expect(shard.place({ id: 2, account: 2, type: "MARKET", side: "SELL", quantity: 1 })[0]).to.match(
        /^accepted/,
      );
    });

    it("MAX_NUM_ORDERS counts an account's open orders of a market, and those of a list together", () => {
      const shard = new EngineShard(engine, { maxOrders: 3 });
      for (const id of [1, 2, 3]) shard.place({ id });
      expect(shard.place({ id: 4 })).to.deep.equal(["rejected PlaceOrder max-num-orders"]);
      expect(shard.place({ id: 4, account: 2 })).to.deep.equal(["accepted 4 working"]);
      shard.cancel(1);
      expect(shard.list("OTO", [{ id: 5 }, { id: 6 }])).to.deep.equal([
        "rejected PlaceOrderList max-num-orders",
      ]);
      shard.cancel(2);
      expect(shard.list("OTO", [{ id: 5 }, { id: 6 }])[0]).to.equal("list 500 OTO");
      expect(shard.place({ id: 7 }), "pending orders count").to.deep.equal([
        "rejected PlaceOrder max-num-orders",
      ]);
    });

    it("MAX_NUM_ALGO_ORDERS counts a stop until it ends, also in the book", () => {
      const shard = new EngineShard(engine, { maxAlgoOrders: 1 });
      const stop = { type: "STOP_LOSS_LIMIT", stopPrice: 110, price: 90 } as const;
      shard.place({ ...stop, id: 1 });
      expect(shard.place({ ...stop, id: 2 })).to.deep.equal(["rejected PlaceOrder max-num-algo-orders"]);
      shard.trade(110);
      expect(shard.book("BUY")).to.deep.equal(["1: 1 @ 90"]);
      expect(shard.place({ ...stop, id: 2, stopPrice: 120 })).to.deep.equal([
        "rejected PlaceOrder max-num-algo-orders",
      ]);
      expect(shard.place({ id: 3, price: 80 }), "others are not counted").to.deep.equal([
        "accepted 3 working",
      ]);
      shard.cancel(1);
      expect(shard.place({ ...stop, id: 2, stopPrice: 120 })).to.deep.equal(["accepted 2 waiting"]);
    });

    it("MAX_NUM_ICEBERG_ORDERS and MAX_NUM_ORDER_LISTS count what is open", () => {
      const shard = new EngineShard(engine, { maxIcebergOrders: 1, maxOrderLists: 1 });
      shard.place({ id: 1, quantity: 4, icebergQuantity: 2 });
      expect(shard.place({ id: 2, quantity: 4, icebergQuantity: 2 })).to.deep.equal([
        "rejected PlaceOrder max-num-iceberg-orders",
      ]);
      shard.list("OTO", [{ id: 3 }, { id: 4 }]);
      expect(shard.list("OTO", [{ id: 5 }, { id: 6 }])).to.deep.equal([
        "rejected PlaceOrderList max-num-order-lists",
      ]);
      shard.cancel(3);
      expect(shard.list("OTO", [{ id: 5 }, { id: 6 }])[0]).to.equal("list 500 OTO");
    });

    it("MAX_POSITION counts what is owned, what open orders would buy, and a list's buys together", () => {
      const shard = new EngineShard(engine, { maxPosition: 1_000_010 });
      shard.place({ id: 1, quantity: 6 });
      expect(shard.place({ id: 2, quantity: 5 })).to.deep.equal(["rejected PlaceOrder max-position"]);
      expect(
        shard.list("OTO", [
          { id: 2, quantity: 2 },
          { id: 3, quantity: 3 },
        ]),
      ).to.deep.equal(["rejected PlaceOrderList max-position"]);
      expect(
        shard.list("OTO", [
          { id: 2, quantity: 2 },
          { id: 3, quantity: 2 },
        ])[0],
      ).to.equal("list 200 OTO");
    });

    it("filters are asked in their order: the first that refuses gives the reason", () => {
      const shard = new EngineShard(engine, { minPrice: 10, minQuantity: 2, minNotional: 1000 });
      expect(shard.place({ id: 1, price: 9, quantity: 1 })).to.deep.equal([
        "rejected PlaceOrder price-filter",
      ]);
      expect(shard.place({ id: 1, price: 10, quantity: 1 })).to.deep.equal(["rejected PlaceOrder lot-size"]);
      expect(shard.place({ id: 1, price: 10, quantity: 2 })).to.deep.equal(["rejected PlaceOrder notional"]);
    });
  });
}
