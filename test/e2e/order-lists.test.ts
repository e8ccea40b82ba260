import { expect } from "chai";
import { after, before, beforeEach, describe, it } from "mocha";
import { type OrderPlatform, type OrderTrader, type Sent, startOrderPlatform } from "./order-platform.ts";

const SYMBOL = "BTCUSDT";
const ORDER = "/api/v3/order";
const LIST = "/api/v3/orderList";

const OCO = {
  symbol: SYMBOL,
  side: "SELL",
  quantity: "0.01",
  aboveType: "LIMIT_MAKER",
  abovePrice: 31_000,
  belowType: "STOP_LOSS",
  belowStopPrice: 29_000,
};
const OTO = {
  symbol: SYMBOL,
  workingType: "LIMIT",
  workingSide: "BUY",
  workingTimeInForce: "GTC",
  workingPrice: 29_500,
  workingQuantity: "0.01",
  pendingType: "LIMIT",
  pendingSide: "SELL",
  pendingTimeInForce: "GTC",
  pendingPrice: 31_500,
  pendingQuantity: "0.009",
};
const OTOCO = {
  symbol: SYMBOL,
  workingType: "LIMIT_MAKER",
  workingSide: "BUY",
  workingPrice: 29_500,
  workingQuantity: "0.01",
  pendingSide: "SELL",
  pendingQuantity: "0.009",
  pendingAboveType: "TAKE_PROFIT",
  pendingAboveStopPrice: 31_500,
  pendingBelowType: "STOP_LOSS_LIMIT",
  pendingBelowStopPrice: 28_500,
  pendingBelowPrice: 28_000,
  pendingBelowTimeInForce: "GTC",
};

interface Member {
  readonly orderId: number;
  readonly status: string;
}

describe("order lists", () => {
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
    await trade(30_000);
  });

  const limit = (trader: OrderTrader, side: string, price: number, quantity = "0.01") =>
    trader.rest("POST", ORDER, { symbol: SYMBOL, type: "LIMIT", timeInForce: "GTC", side, price, quantity });
  /** Each buys from the other, so that the last price is this and neither has less than before. */
  const trade = async (price: number) => {
    for (const [seller, buyer] of [
      [bob, alice],
      [alice, bob],
    ] as const) {
      await limit(seller, "SELL", price);
      await limit(buyer, "BUY", price);
    }
  };
  const place = async (kind: string, sent: Sent) => {
    const { status, body } = await alice.rest("POST", `${LIST}/${kind}`, sent);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  };
  const statusesOf = async ({ orders }: { orders: readonly Member[] }) => {
    const statuses = [];
    for (const { orderId } of orders) {
      statuses.push((await alice.rest("GET", ORDER, { symbol: SYMBOL, orderId })).body.status);
    }
    return statuses;
  };
  const listNow = async ({ orderListId }: { orderListId: number }) =>
    (await alice.rest("GET", LIST, { orderListId })).body;
  const lockedBtc = async () => {
    const { balances } = (await alice.rest("GET", "/api/v3/account")).body;
    return balances.find(({ asset }: { asset: string }) => asset === "BTC").locked;
  };

  it("answers a new list with its orders' reports", async () => {
    const sent = {
      ...OCO,
      listClientOrderId: "my-list",
      aboveClientOrderId: "my-above",
      belowType: "STOP_LOSS_LIMIT",
      belowPrice: 28_900,
      belowTimeInForce: "GTC",
      belowIcebergQty: "0.005",
      selfTradePreventionMode: "NONE",
    };
    const list = await place("oco", sent);
    expect(list).to.deep.include({
      contingencyType: "OCO",
      listStatusType: "EXEC_STARTED",
      listOrderStatus: "EXECUTING",
      listClientOrderId: "my-list",
      symbol: SYMBOL,
    });
    expect(list.orders.map(({ clientOrderId }: { clientOrderId: string }) => clientOrderId)[0]).to.equal(
      "my-above",
    );
    const [above, below] = list.orderReports;
    expect(above).to.deep.include({
      orderListId: list.orderListId,
      clientOrderId: "my-above",
      type: "LIMIT_MAKER",
      status: "NEW",
      price: "31000.00000000",
    });
    expect(above.workingTime).to.be.greaterThan(0);
    expect(below).to.deep.include({
      type: "STOP_LOSS_LIMIT",
      stopPrice: "29000.00000000",
      icebergQty: "0.00500000",
      workingTime: -1,
    });
    expect(await lockedBtc(), "the two lock once").to.equal("0.01000000");
    const again = await alice.rest("POST", `${LIST}/oco`, sent);
    expect(again.body).to.deep.include({ code: -2010, msg: "Duplicate order sent." });
    const acknowledged = await place("oco", { ...OCO, newOrderRespType: "ACK" });
    expect(acknowledged.orderReports[0]).to.have.all.keys(
      ...["symbol", "orderId", "orderListId", "clientOrderId", "transactTime"],
    );
  });

  it("takes an OCO in Binance's older form", async () => {
    const old = { symbol: SYMBOL, quantity: "0.01", stopClientOrderId: "the-stop" };
    const sell = { ...old, side: "SELL", price: 31_000, stopPrice: 29_000 };
    const { status, body } = await alice.rest("POST", "/api/v3/order/oco", sell);
    expect(status).to.equal(200);
    expect(body.orderReports.map(({ type }: { type: string }) => type)).to.deep.equal([
      "LIMIT_MAKER",
      "STOP_LOSS",
    ]);
    expect(body.orders[1].clientOrderId).to.equal("the-stop");
    const terms = { stopLimitPrice: 31_100, stopLimitTimeInForce: "GTC", stopClientOrderId: "other-stop" };
    const buy = { ...old, ...terms, side: "BUY", price: 29_000, stopPrice: 31_000 };
    const bought = await alice.rest("POST", "/api/v3/order/oco", buy);
    expect(bought.body.orderReports.map(({ type }: { type: string }) => type)).to.deep.equal([
      "STOP_LOSS_LIMIT",
      "LIMIT_MAKER",
    ]);
    const { stopLimitTimeInForce: _none, ...incomplete } = { ...buy, stopClientOrderId: "third" };
    expect((await alice.rest("POST", "/api/v3/order/oco", incomplete)).body.msg).to.equal(
      "Mandatory parameter 'stopLimitTimeInForce' was not sent, was empty/null, or malformed.",
    );
  });

  it("ends the other order of an OCO when one trades or triggers", async () => {
    const byTrade = await place("oco", OCO);
    await limit(bob, "BUY", 31_000, "0.004");
    expect(await statusesOf(byTrade)).to.deep.equal(["PARTIALLY_FILLED", "EXPIRED"]);
    expect((await listNow(byTrade)).listOrderStatus).to.equal("EXECUTING");
    await limit(bob, "BUY", 31_000, "0.006");
    expect(await statusesOf(byTrade)).to.deep.equal(["FILLED", "EXPIRED"]);
    expect(await listNow(byTrade)).to.include({ listStatusType: "ALL_DONE", listOrderStatus: "ALL_DONE" });

    await trade(30_000);
    const byTrigger = await place("oco", OCO);
    await limit(bob, "BUY", 28_000, "1");
    await limit(bob, "BUY", 29_000);
    await limit(alice, "SELL", 29_000);
    expect(await statusesOf(byTrigger)).to.deep.equal(["EXPIRED", "FILLED"]);
  });

  it("brings the pending orders of an OTO and an OTOCO when the working order is filled", async () => {
    const oto = await place("oto", OTO);
    expect(oto).to.include({ contingencyType: "OTO" });
    expect(oto.orderReports[1]).to.include({ status: "PENDING_NEW", workingTime: -1 });
    const pending = { symbol: SYMBOL, orderId: oto.orders[1].orderId };
    expect((await alice.rest("GET", ORDER, pending)).body).to.include({
      status: "PENDING_NEW",
      isWorking: false,
      orderListId: oto.orderListId,
    });
    expect(await lockedBtc(), "a pending order locks nothing").to.equal("0.00000000");
    await limit(bob, "SELL", 29_500, "0.004");
    expect(await statusesOf(oto)).to.deep.equal(["PARTIALLY_FILLED", "PENDING_NEW"]);
    await limit(bob, "SELL", 29_500, "0.006");
    expect(await statusesOf(oto)).to.deep.equal(["FILLED", "NEW"]);
    expect((await alice.rest("GET", ORDER, pending)).body.isWorking).to.equal(true);
    expect(await lockedBtc()).to.equal("0.00900000");
    const trades = (await alice.rest("GET", "/api/v3/myTrades", { symbol: SYMBOL })).body;
    expect(trades.at(-1).orderListId, "trades name the list").to.equal(oto.orderListId);

    await alice.rest("DELETE", "/api/v3/openOrders", { symbol: SYMBOL });
    await trade(30_000);
    const otoco = await place("otoco", OTOCO);
    expect(otoco.contingencyType, "as Binance calls it").to.equal("OTO");
    expect(await statusesOf(otoco)).to.deep.equal(["NEW", "PENDING_NEW", "PENDING_NEW"]);
    await limit(bob, "SELL", 29_500);
    expect(await statusesOf(otoco)).to.deep.equal(["FILLED", "NEW", "NEW"]);
    await limit(bob, "BUY", 31_500, "0.02");
    await limit(alice, "SELL", 31_500);
    expect(await statusesOf(otoco)).to.deep.equal(["FILLED", "FILLED", "EXPIRED"]);
  });

  it("cancels a list by either id, by any of its orders, and with all orders", async () => {
    const byId = await place("oco", OCO);
    const canceled = await alice.rest("DELETE", LIST, { symbol: SYMBOL, orderListId: byId.orderListId });
    expect(canceled.status).to.equal(200);
    expect(canceled.body).to.include({ orderListId: byId.orderListId, listStatusType: "ALL_DONE" });
    expect(canceled.body.orderReports.map(({ status }: Member) => status)).to.deep.equal([
      "CANCELED",
      "CANCELED",
    ]);
    const again = await alice.rest("DELETE", LIST, { symbol: SYMBOL, orderListId: byId.orderListId });
    expect({ status: again.status, ...again.body }).to.deep.equal({
      status: 400,
      code: -2011,
      msg: "Unknown order list sent.",
    });

    const byName = await place("oto", { ...OTO, listClientOrderId: "by-name" });
    const named = { symbol: SYMBOL, listClientOrderId: "by-name", newClientOrderId: "my-cancel" };
    const { body } = await alice.rest("DELETE", LIST, named);
    expect(
      body.orderReports.map(({ clientOrderId }: { clientOrderId: string }) => clientOrderId),
    ).to.deep.equal(["my-cancel", "my-cancel"]);
    expect(await statusesOf(byName)).to.deep.equal(["CANCELED", "CANCELED"]);

    const byOrder = await place("otoco", OTOCO);
    const order = { symbol: SYMBOL, orderId: byOrder.orders[2].orderId };
    const one = await alice.rest("DELETE", ORDER, order);
    expect(one.body, "the list that it was part of").to.include({ orderListId: byOrder.orderListId });
    expect(one.body.orderReports).to.have.length(3);

    const plain = (await limit(alice, "BUY", 29_000)).body;
    const list = await place("oco", OCO);
    const all = (await alice.rest("DELETE", "/api/v3/openOrders", { symbol: SYMBOL })).body;
    expect(all).to.have.length(2);
    expect(all[0]).to.include({ orderId: plain.orderId, status: "CANCELED" });
    expect(all[1]).to.include({ orderListId: list.orderListId, listOrderStatus: "ALL_DONE" });
  });

  it("finds lists by either id, open ones and all, also after a restart", async () => {
    const first = await place("oco", OCO);
    const second = await place("oto", { ...OTO, listClientOrderId: "the-second" });
    await limit(bob, "SELL", 29_500);
    await alice.rest("DELETE", LIST, { symbol: SYMBOL, orderListId: first.orderListId });
    const open = async () => (await alice.rest("GET", "/api/v3/openOrderList")).body;
    const all = async (sent: Sent = {}) => (await alice.rest("GET", "/api/v3/allOrderList", sent)).body;
    const before = {
      open: await open(),
      all: await all(),
      byName: (await alice.rest("GET", LIST, { origClientOrderId: "the-second" })).body,
      first: await listNow(first),
    };
    expect(before.open.map(({ orderListId }: { orderListId: number }) => orderListId)).to.deep.equal([
      second.orderListId,
    ]);
    expect(before.byName).to.deep.include({ orderListId: second.orderListId, orders: second.orders });
    expect(before.first.listOrderStatus).to.equal("ALL_DONE");
    expect(before.all.slice(-2)).to.deep.equal([before.first, before.byName]);
    expect(await all({ fromId: second.orderListId })).to.deep.equal([before.byName]);
    expect(
      (await all({ limit: 1 })).map(({ orderListId }: { orderListId: number }) => orderListId),
    ).to.deep.equal([second.orderListId]);
    const both = await alice.rest("GET", "/api/v3/allOrderList", { fromId: 1, startTime: 1 });
    expect(both.body.code).to.equal(-1128);
    expect((await bob.rest("GET", LIST, { orderListId: first.orderListId })).body).to.deep.include({
      code: -2013,
      msg: "Order list does not exist.",
    });
    await platform.restart();
    expect(await open(), "the filled order of an open list keeps its name").to.deep.equal(before.open);
    expect(await all()).to.deep.equal(before.all);
    expect(await listNow(first)).to.deep.equal(before.first);
  });

  it("refuses lists that make no sense, and places nothing of them", async () => {
    const refusal = async (kind: string, sent: Sent) => {
      const { status, body } = await alice.rest("POST", `${LIST}/${kind}`, sent);
      return [status, body.code, body.msg];
    };
    const relation = { ...OCO, abovePrice: 28_000, belowStopPrice: 28_500 };
    const wrong = "The relationship of the prices for the orders is not correct.";
    expect(await refusal("oco", relation)).to.deep.equal([400, -2010, wrong]);
    expect(await refusal("oco", { ...OCO, belowStopPrice: 30_500 })).to.deep.equal([
      400,
      -2010,
      "Order would trigger immediately.",
    ]);
    const { abovePrice: _none, ...noPrice } = OCO;
    expect(await refusal("oco", noPrice)).to.deep.equal([
      400,
      -1102,
      "Mandatory parameter 'abovePrice' was not sent, was empty/null, or malformed.",
    ]);
    const iceberg = {
      belowType: "STOP_LOSS_LIMIT",
      belowPrice: 28_000,
      belowTimeInForce: "IOC",
      belowIcebergQty: "0.001",
    };
    expect(await refusal("oco", { ...OCO, ...iceberg })).to.include(-1160);
    expect(await refusal("oco", { ...OCO, quantity: "9001" })).to.deep.equal([
      400,
      -1013,
      "Filter failure: LOT_SIZE",
    ]);
    const poor = [400, -2010, "Account has insufficient balance for requested action."];
    expect(await refusal("oco", { ...OCO, quantity: "100" })).to.deep.equal(poor);
    expect(await refusal("oto", { ...OTO, pendingType: "MARKET" })).to.deep.equal([
      400,
      -1106,
      "Parameter 'pendingTimeInForce' sent when not required.",
    ]);
    expect((await alice.rest("GET", "/api/v3/openOrders", { symbol: SYMBOL })).body).to.deep.equal([]);
    expect(await lockedBtc()).to.equal("0.00000000");
  });

  it("places a list once, however often it is sent under one key", async () => {
    const sent = { ...OCO, listClientOrderId: "once", idempotencyKey: "list-1" };
    const first = await alice.event("orderList.place.oco", sent);
    const second = await alice.event("orderList.place.oco", sent);
    expect(first.body.orderListId).to.be.a("number");
    expect(second.body).to.deep.equal(first.body);
    const other = await alice.event("orderList.place.oco", { ...sent, abovePrice: 32_000 });
    expect(other.body.code).to.equal(-9004);
    expect((await alice.rest("GET", "/api/v3/openOrderList")).body).to.have.length(1);
  });
});
