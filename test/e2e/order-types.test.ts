import { expect } from "chai";
import { after, before, beforeEach, describe, it } from "mocha";
import { becomesTrue } from "#test/support/becomes-true.ts";
import {
  type Answered,
  type OrderPlatform,
  type OrderTrader,
  type Sent,
  startOrderPlatform,
} from "./order-platform.ts";

const SYMBOL = "BTCUSDT";
const ORDER = "/api/v3/order";

describe("order types", () => {
  let platform: OrderPlatform;
  let alice: OrderTrader;
  let bob: OrderTrader;

  before(async () => {
    platform = await startOrderPlatform();
    alice = await platform.newTrader("alice");
    bob = await platform.newTrader("bob");
  });
  after(() => platform.stop());
  beforeEach(async () => {
    for (const trader of [alice, bob]) await trader.rest("DELETE", "/api/v3/openOrders", { symbol: SYMBOL });
  });

  const place = async (trader: OrderTrader, sent: Sent): Promise<Answered["body"]> => {
    const { status, body } = await trader.rest("POST", ORDER, {
      symbol: SYMBOL,
      quantity: "0.01",
      newOrderRespType: "RESULT",
      ...sent,
    });
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  };
  const limit = (trader: OrderTrader, side: string, price: number, sent: Sent = {}) =>
    place(trader, { side, type: "LIMIT", timeInForce: "GTC", price, ...sent });
  const find = async (trader: OrderTrader, { orderId }: { orderId: number }) =>
    (await trader.rest("GET", ORDER, { symbol: SYMBOL, orderId })).body;
  const depth = async () => (await fetch(`${platform.url}/api/v3/depth?symbol=${SYMBOL}`)).json();
  /** A trade between alice and bob, so that the last price is this. */
  const trade = async (price: number) => {
    await limit(bob, "SELL", price);
    await limit(alice, "BUY", price);
  };

  it("refuses a stop price that the market has reached, and trailing before the first trade", async () => {
    const stop = { symbol: SYMBOL, side: "SELL", type: "STOP_LOSS", quantity: "0.01" };
    const early = await alice.rest("POST", ORDER, { ...stop, trailingDelta: 100 });
    expect(early.body).to.deep.include({
      code: -9040,
      msg: "There is no last price yet from which to trail.",
    });
    await trade(30_000);
    for (const refused of [
      { ...stop, stopPrice: 30_000 },
      { ...stop, side: "BUY", stopPrice: 29_999 },
      { ...stop, type: "TAKE_PROFIT", stopPrice: 30_000 },
      { ...stop, type: "TAKE_PROFIT", side: "BUY", stopPrice: 30_001 },
    ]) {
      const { status, body } = await alice.rest("POST", ORDER, refused);
      expect({ status, ...body }).to.deep.equal({
        status: 400,
        code: -2010,
        msg: "Order would trigger immediately.",
      });
    }
  });

  it("waits for its trigger, then takes at any price: STOP_LOSS and TAKE_PROFIT", async () => {
    await trade(30_000);
    const stop = await place(alice, { side: "SELL", type: "STOP_LOSS", stopPrice: 29_000 });
    expect(stop).to.deep.include({
      status: "NEW",
      type: "STOP_LOSS",
      timeInForce: "GTC",
      stopPrice: "29000.00000000",
      workingTime: -1,
      price: "0.00000000",
    });
    const profit = await place(alice, { side: "SELL", type: "TAKE_PROFIT", stopPrice: 31_000 });
    expect(await find(alice, stop)).to.deep.include({ isWorking: false, workingTime: -1, status: "NEW" });
    expect((await depth()).asks, "a waiting order is not in the book").to.deep.equal([]);
    await limit(bob, "BUY", 28_500, { quantity: "1" });
    await limit(bob, "BUY", 29_000);
    await limit(alice, "SELL", 29_000);
    const stopped = await find(alice, stop);
    expect(stopped).to.deep.include({
      status: "FILLED",
      isWorking: true,
      executedQty: "0.01000000",
      cummulativeQuoteQty: "285.00000000",
    });
    expect(stopped.workingTime).to.be.greaterThan(0);
    expect((await find(alice, profit)).status).to.equal("NEW");
    await limit(bob, "BUY", 31_000, { quantity: "0.02" });
    await limit(alice, "SELL", 31_000);
    expect(await find(alice, profit)).to.deep.include({
      status: "FILLED",
      cummulativeQuoteQty: "310.00000000",
    });
  });

  it("waits for its trigger, then works at its limit: STOP_LOSS_LIMIT and TAKE_PROFIT_LIMIT", async () => {
    await trade(30_000);
    const terms = { side: "BUY", timeInForce: "GTC" };
    const stop = await place(alice, { ...terms, type: "STOP_LOSS_LIMIT", stopPrice: 30_500, price: 30_400 });
    const profit = await place(alice, {
      ...terms,
      type: "TAKE_PROFIT_LIMIT",
      stopPrice: 29_500,
      price: 29_400,
    });
    expect(stop).to.deep.include({ status: "NEW", stopPrice: "30500.00000000", price: "30400.00000000" });
    await trade(30_500);
    expect(await find(alice, stop)).to.deep.include({ status: "NEW", isWorking: true });
    expect((await depth()).bids).to.deep.equal([["30400.00000000", "0.01000000"]]);
    await limit(bob, "SELL", 30_400);
    expect((await find(alice, stop)).status).to.equal("FILLED");
    await trade(29_500);
    expect(await find(alice, profit)).to.deep.include({ status: "NEW", isWorking: true });
    const open = (await alice.rest("GET", "/api/v3/openOrders", { symbol: SYMBOL })).body;
    expect(open.map(({ orderId }: { orderId: number }) => orderId)).to.deep.equal([profit.orderId]);
  });

  it("follows the price and triggers when it turns: trailingDelta, alone and from a stopPrice on", async () => {
    await trade(30_000);
    await limit(bob, "BUY", 20_000, { quantity: "1" });
    const trailing = { side: "SELL", type: "STOP_LOSS", trailingDelta: 100 };
    const alone = await place(alice, trailing);
    expect(alone).to.deep.include({ trailingDelta: 100, stopPrice: "0.00000000", workingTime: -1 });
    expect(alone.trailingTime).to.be.greaterThan(0);
    const from = await place(alice, { ...trailing, type: "TAKE_PROFIT", stopPrice: 31_000 });
    expect(from).to.deep.include({ trailingDelta: 100, stopPrice: "31000.00000000", trailingTime: -1 });
    await trade(30_900);
    expect((await find(alice, from)).trailingTime).to.equal(-1);
    await trade(31_000);
    await becomesTrue("it trails", async () => (await find(alice, from)).trailingTime > 0);
    const all = async () =>
      (await alice.rest("GET", "/api/v3/allOrders", { symbol: SYMBOL, orderId: alone.orderId })).body;
    const inTables = (await all()).find(({ orderId }: { orderId: number }) => orderId === from.orderId);
    expect(inTables.trailingTime, "the tables know it too").to.be.greaterThan(0);
    // One percent below the highest, 31000, is 30690.
    await trade(30_691);
    expect((await find(alice, alone)).status).to.equal("NEW");
    await trade(30_690);
    expect(await find(alice, alone)).to.deep.include({ status: "FILLED", isWorking: true });
    expect(await find(alice, from)).to.deep.include({ status: "FILLED", isWorking: true });
  });

  it("shows an iceberg part by part, each new part behind the others", async () => {
    await trade(30_000);
    const iceberg = await limit(alice, "SELL", 30_100, { quantity: "0.05", icebergQty: "0.02" });
    expect(iceberg).to.deep.include({ icebergQty: "0.02000000", origQty: "0.05000000" });
    const plain = await limit(alice, "SELL", 30_100, { quantity: "0.01" });
    expect((await depth()).asks).to.deep.equal([["30100.00000000", "0.03000000"]]);
    await limit(bob, "BUY", 30_100, { quantity: "0.02" });
    expect((await depth()).asks, "the next part is shown").to.deep.equal([["30100.00000000", "0.03000000"]]);
    await limit(bob, "BUY", 30_100, { quantity: "0.01" });
    expect((await find(alice, plain)).status, "it stood before the next part").to.equal("FILLED");
    const found = await find(alice, iceberg);
    expect(found).to.deep.include({ executedQty: "0.02000000", status: "PARTIALLY_FILLED", isWorking: true });
    const tooLarge = { quantity: "0.02", icebergQty: "0.02" };
    const refused = await alice.rest("POST", ORDER, {
      symbol: SYMBOL,
      side: "SELL",
      type: "LIMIT_MAKER",
      price: 30_200,
      ...tooLarge,
    });
    expect(refused.body).to.deep.include({ code: -2010, msg: "IcebergQty exceeds QTY." });
  });

  it("expires at goodTillDate, and is refused when that has passed", async () => {
    await trade(30_000);
    const goodTillDate = Date.now() + 2000;
    const order = await limit(alice, "BUY", 29_000, { timeInForce: "GTD", goodTillDate });
    expect(order).to.deep.include({ timeInForce: "GTD", goodTillDate, status: "NEW" });
    const maker = { side: "BUY", type: "LIMIT_MAKER", price: 28_000, timeInForce: "GTD", goodTillDate };
    expect((await place(alice, maker)).timeInForce).to.equal("GTD");
    await becomesTrue("it has expired", async () => (await find(alice, order)).status === "EXPIRED");
    const passed = { symbol: SYMBOL, side: "BUY", type: "LIMIT", quantity: "0.01", price: 29_000 };
    const { body } = await alice.rest("POST", ORDER, { ...passed, timeInForce: "GTD", goodTillDate });
    expect(body).to.deep.include({ code: -9043, msg: "'goodTillDate' has passed." });
  });

  it("keeps an account from trading with itself, by each mode", async () => {
    await trade(30_000);
    const meet = async (mode: string) => {
      await alice.rest("DELETE", "/api/v3/openOrders", { symbol: SYMBOL });
      const maker = await limit(alice, "SELL", 30_000, { quantity: "0.02" });
      const sent = { symbol: SYMBOL, side: "BUY", type: "LIMIT", timeInForce: "GTC", price: 30_000 };
      const full = { ...sent, quantity: "0.03", newOrderRespType: "FULL", selfTradePreventionMode: mode };
      const taker = (await alice.rest("POST", ORDER, full)).body;
      return { maker: await find(alice, maker), taker };
    };
    const none = await meet("NONE");
    expect(none.maker).to.include({ status: "FILLED" });
    expect(none.taker).to.include({ status: "PARTIALLY_FILLED", executedQty: "0.02000000" });
    expect(none.taker).not.to.have.property("preventedMatches");

    const expireTaker = await meet("EXPIRE_TAKER");
    expect(expireTaker.maker).to.include({ status: "NEW" }).and.not.have.property("preventedQuantity");
    expect(expireTaker.taker).to.include({ status: "EXPIRED_IN_MATCH", preventedQuantity: "0.03000000" });

    const expireMaker = await meet("EXPIRE_MAKER");
    expect(expireMaker.maker).to.include({ status: "EXPIRED_IN_MATCH", preventedQuantity: "0.02000000" });
    expect(expireMaker.taker).to.include({ status: "NEW", executedQty: "0.00000000" });
    expect(expireMaker.taker.preventedMatches).to.deep.equal([
      {
        preventedMatchId: expireMaker.maker.preventedMatchId,
        makerOrderId: expireMaker.maker.orderId,
        price: "30000.00000000",
        makerPreventedQuantity: "0.02000000",
      },
    ]);

    const expireBoth = await meet("EXPIRE_BOTH");
    expect(expireBoth.maker).to.include({ status: "EXPIRED_IN_MATCH", preventedQuantity: "0.02000000" });
    expect(expireBoth.taker).to.include({ status: "EXPIRED_IN_MATCH", preventedQuantity: "0.03000000" });
  });

  it("takes a prevented quantity off both orders by DECREMENT", async () => {
    await trade(30_000);
    const maker = await limit(alice, "SELL", 30_000, { quantity: "0.05" });
    const taker = await limit(alice, "BUY", 30_000, {
      quantity: "0.02",
      selfTradePreventionMode: "DECREMENT",
    });
    expect(taker).to.include({ status: "EXPIRED_IN_MATCH", preventedQuantity: "0.02000000" });
    expect(await find(alice, maker)).to.include({ status: "NEW", preventedQuantity: "0.02000000" });
    expect((await depth()).asks).to.deep.equal([["30000.00000000", "0.03000000"]]);
    await limit(bob, "BUY", 30_000, { quantity: "0.03" });
    expect(await find(alice, maker)).to.include({
      status: "FILLED",
      executedQty: "0.03000000",
      preventedQuantity: "0.02000000",
    });
  });

  it("takes an order once under a key, and refuses whatever differs from it", async () => {
    await trade(30_000);
    const order = {
      symbol: SYMBOL,
      ...{ side: "SELL", type: "STOP_LOSS_LIMIT", timeInForce: "GTD", quantity: "0.02", price: 28_000 },
      ...{ stopPrice: 29_000, trailingDelta: 100, icebergQty: "0.01", goodTillDate: Date.now() + 60_000 },
      ...{ newClientOrderId: "once", selfTradePreventionMode: "NONE", idempotencyKey: "order-1" },
    };
    const first = await alice.event("order.place", order);
    expect(first.body.orderId).to.be.a("number");
    expect((await alice.event("order.place", order)).body).to.deep.equal(first.body);
    const others: Sent[] = [
      { symbol: "ETHBTC", price: "0.05", stopPrice: "0.06", quantity: "0.2", icebergQty: "0.1" },
      { type: "TAKE_PROFIT_LIMIT", stopPrice: 31_000 },
      { quantity: "0.03" },
      { price: 28_001 },
      { stopPrice: 29_001 },
      { trailingDelta: 101 },
      { icebergQty: "0.011" },
      { goodTillDate: order.goodTillDate + 1 },
      { newClientOrderId: "another" },
      { selfTradePreventionMode: "EXPIRE_BOTH" },
    ];
    for (const change of others) {
      const { body } = await alice.event("order.place", { ...order, ...change });
      expect(body.code, JSON.stringify(change)).to.equal(-9004);
    }
  });

  it("lists prevented matches by id and by order", async () => {
    await trade(30_000);
    const maker = await limit(alice, "SELL", 30_000, { quantity: "0.05" });
    const takers = [];
    for (const quantity of ["0.01", "0.02"]) {
      takers.push(await limit(alice, "BUY", 30_000, { quantity, selfTradePreventionMode: "DECREMENT" }));
    }
    const list = (sent: Sent) => alice.rest("GET", "/api/v3/myPreventedMatches", { symbol: SYMBOL, ...sent });
    const { body: matches } = await list({ orderId: maker.orderId });
    expect(matches).to.have.length(2);
    expect(matches[1]).to.deep.include({
      symbol: SYMBOL,
      takerOrderId: takers[1].orderId,
      makerOrderId: maker.orderId,
      selfTradePreventionMode: "DECREMENT",
      price: "30000.00000000",
      takerPreventedQuantity: "0.02000000",
      makerPreventedQuantity: "0.02000000",
      tradeGroupId: -1,
    });
    const { preventedMatchId } = matches[1];
    expect((await list({ preventedMatchId })).body).to.deep.equal([matches[1]]);
    expect((await list({ orderId: takers[0].orderId })).body).to.deep.equal([matches[0]]);
    const from = { orderId: maker.orderId, fromPreventedMatchId: preventedMatchId };
    expect((await list(from)).body).to.deep.equal([matches[1]]);
    expect((await list({})).body.code).to.equal(-1102);
    const others = await bob.rest("GET", "/api/v3/myPreventedMatches", { symbol: SYMBOL, preventedMatchId });
    expect(others.body, "another's are nobody's business").to.deep.equal([]);
  });
});
