import { expect } from "chai";
import { after, before, beforeEach, describe, it } from "mocha";
import { type OrderPlatform, type OrderTrader, type Sent, startOrderPlatform } from "./order-platform.ts";

const SYMBOL = "BTCUSDT";
const ORDER = "/api/v3/order";
const LIMIT = {
  symbol: SYMBOL,
  side: "BUY",
  type: "LIMIT",
  timeInForce: "GTC",
  price: 29_000,
  quantity: "0.01",
};
const STOP = { symbol: SYMBOL, side: "SELL", type: "STOP_LOSS", quantity: "0.01" };

describe("filters", () => {
  let platform: OrderPlatform;
  let alice: OrderTrader;
  let bob: OrderTrader;

  before(async () => {
    // Tight for one market: a lot is 0.0001 BTC, a multiplier in ten-thousandths.
    platform = await startOrderPlatform(({ id, basePerLot }) =>
      id === SYMBOL
        ? {
            bidMultiplierUp: 11_000,
            bidMultiplierDown: 9000,
            askMultiplierUp: 12_000,
            askMultiplierDown: 8000,
            marketMaxQuantity: 5000,
            maxIcebergParts: 5,
            maxOrders: 4,
            maxAlgoOrders: 2,
            maxIcebergOrders: 1,
            maxOrderLists: 1,
            maxPosition: 30_000 * basePerLot,
            allowedSelfTradePrevention: ["NONE", "EXPIRE_MAKER"],
          }
        : {},
    );
    alice = await platform.newTrader("alice");
    bob = await platform.newTrader("bob");
    await bob.rest("POST", ORDER, { ...LIMIT, side: "SELL", price: 30_000 });
    await alice.rest("POST", ORDER, { ...LIMIT, price: 30_000 });
  });
  after(() => platform.stop());
  beforeEach(() => alice.rest("DELETE", "/api/v3/openOrders", { symbol: SYMBOL }));

  const refusal = async (sent: Sent, path = ORDER) => {
    const { status, body } = await alice.rest("POST", path, sent);
    expect(status, JSON.stringify(body)).to.equal(400);
    return `${body.code} ${body.msg}`;
  };
  const accepted = async (sent: Sent, path = ORDER) => {
    const { status, body } = await alice.rest("POST", path, sent);
    expect(status, JSON.stringify(body)).to.equal(200);
  };

  it("lists the filters that a market has, and no others", async () => {
    const { body } = await alice.rest("GET", "/api/v3/exchangeInfo", { symbol: SYMBOL });
    const { filters } = body.symbols[0];
    const named = (name: string) =>
      filters.find(({ filterType }: { filterType: string }) => filterType === name);
    expect(named("MAX_POSITION")).to.deep.equal({ filterType: "MAX_POSITION", maxPosition: "3.00000000" });
    expect(named("PERCENT_PRICE_BY_SIDE")).to.deep.include({
      bidMultiplierUp: "1.1000",
      askMultiplierDown: "0.8000",
    });
    expect(named("MAX_NUM_ORDER_LISTS")).to.deep.include({ maxNumOrderLists: 1 });
    const other = await alice.rest("GET", "/api/v3/exchangeInfo", { symbol: "ETHUSDT" });
    const types = other.body.symbols[0].filters.map(({ filterType }: { filterType: string }) => filterType);
    expect(types).not.to.include("MAX_POSITION");
  });

  it("refuses by each filter of an order, in the order of the rules", async () => {
    for (const path of [ORDER, "/api/v3/order/test"]) {
      const failure = async (sent: Sent, filter: string) =>
        expect(await refusal(sent, path)).to.equal(`-1013 Filter failure: ${filter}`);
      await failure({ ...LIMIT, price: 33_001 }, "PERCENT_PRICE_BY_SIDE");
      await failure({ ...LIMIT, price: 26_999 }, "PERCENT_PRICE_BY_SIDE");
      await failure({ ...LIMIT, side: "SELL", price: 36_001 }, "PERCENT_PRICE_BY_SIDE");
      await failure({ ...LIMIT, side: "SELL", price: 23_999 }, "PERCENT_PRICE_BY_SIDE");
      await failure({ ...STOP, quantity: "0.5001", stopPrice: 29_000 }, "MARKET_LOT_SIZE");
      await failure({ symbol: SYMBOL, side: "BUY", type: "MARKET", quantity: "0.5001" }, "MARKET_LOT_SIZE");
      await failure({ ...LIMIT, quantity: "0.0011", icebergQty: "0.0002" }, "ICEBERG_PARTS");
      await failure({ ...STOP, trailingDelta: 9 }, "TRAILING_DELTA");
      await failure({ ...STOP, trailingDelta: 2001 }, "TRAILING_DELTA");
      await failure({ ...STOP, stopPrice: "0.001" }, "PRICE_FILTER");
      await failure({ ...STOP, stopPrice: 1_000_001 }, "PRICE_FILTER");
      await failure({ ...LIMIT, icebergQty: "0.00005" }, "LOT_SIZE");
      // The price is too far away and the quantity too large: the first rule speaks.
      await failure({ ...LIMIT, price: 26_000, quantity: "9001" }, "PERCENT_PRICE_BY_SIDE");
      await failure({ ...LIMIT, price: 1_000_001, quantity: "9001" }, "PRICE_FILTER");
      expect(await refusal({ ...LIMIT, selfTradePreventionMode: "DECREMENT" }, path)).to.equal(
        "-1013 This symbol does not allow the specified self-trade prevention mode.",
      );
    }
    expect((await alice.rest("GET", "/api/v3/openOrders", { symbol: SYMBOL })).body).to.deep.equal([]);
  });

  it("refuses what is more than an account may have open, or hold", async () => {
    const oco = {
      symbol: SYMBOL,
      ...{ side: "SELL", quantity: "0.01", aboveType: "LIMIT_MAKER", abovePrice: 31_000 },
      ...{ belowType: "STOP_LOSS", belowStopPrice: 29_000 },
    };
    await accepted(oco, "/api/v3/orderList/oco");
    const filter = (name: string) => `-1013 Filter failure: ${name}`;
    expect(await refusal(oco, "/api/v3/orderList/oco")).to.equal(filter("MAX_NUM_ORDER_LISTS"));
    await accepted({ ...STOP, stopPrice: 28_000 });
    expect(await refusal({ ...STOP, stopPrice: 27_000 })).to.equal(filter("MAX_NUM_ALGO_ORDERS"));
    await accepted({ ...LIMIT, icebergQty: "0.005" });
    expect(await refusal({ ...LIMIT, icebergQty: "0.005" })).to.equal(filter("MAX_NUM_ORDERS"));
    await alice.rest("DELETE", "/api/v3/openOrders", { symbol: SYMBOL });
    await accepted({ ...LIMIT, icebergQty: "0.005" });
    expect(await refusal({ ...LIMIT, icebergQty: "0.005" })).to.equal(filter("MAX_NUM_ICEBERG_ORDERS"));
    // It has 2.00999 BTC, and an open order for 0.01 more.
    expect(await refusal({ ...LIMIT, quantity: "0.9802" })).to.equal(filter("MAX_POSITION"));
    await accepted({ ...LIMIT, quantity: "0.98" });
  });
});
