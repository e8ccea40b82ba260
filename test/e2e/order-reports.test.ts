import { createHmac } from "node:crypto";
import { expect } from "chai";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { TRADE_EVENTS } from "#shared/protocol/order-entry.ts";
import type { ExecutionReport, ListStatusMessage } from "#shared/protocol/socket.ts";
import { eventually } from "#test/support/eventually.ts";
import { type ClientSocket, connectSocket } from "./feed-recorder.ts";
import { type OrderPlatform, type OrderTrader, type Sent, startOrderPlatform } from "./order-platform.ts";

const SYMBOL = "BTCUSDT";

describe("reports over sockets", () => {
  let platform: OrderPlatform;
  let alice: OrderTrader;
  let bob: OrderTrader;
  let socket: ClientSocket;
  let reports: ExecutionReport[];
  let lists: ListStatusMessage[];

  before(async () => {
    platform = await startOrderPlatform();
    alice = await platform.newTrader("alice");
    bob = await platform.newTrader("bob");
  });
  after(() => platform.stop());
  beforeEach(async () => {
    for (const trader of [alice, bob]) await trader.event("openOrders.cancelAll", { symbol: SYMBOL });
    await limit(bob, "SELL", 30_000);
    await limit(alice, "BUY", 30_000);
    socket = await alice.socket();
    reports = [];
    lists = [];
    socket.on("executionReport", (report) => reports.push(report));
    socket.on("listStatus", (list) => lists.push(list));
  });
  afterEach(() => socket.disconnect());

  const place = async (trader: OrderTrader, sent: Sent) => {
    const { body } = await trader.event("order.place", { symbol: SYMBOL, quantity: 0.01, ...sent });
    expect(body.orderId, JSON.stringify(body)).to.be.a("number");
    return body;
  };
  const limit = (trader: OrderTrader, side: string, price: number, sent: Sent = {}) =>
    place(trader, { side, type: "LIMIT", timeInForce: "GTC", price, ...sent });
  const of = (orderId: number) => reports.filter((report) => report.orderId === orderId);
  const words = (orderId: number) =>
    of(orderId).map(({ executionType, orderStatus, isWorking, isOnBook }) =>
      [executionType, orderStatus, isWorking ? "working" : "waiting", isOnBook ? "on book" : "off"].join(" "),
    );

  it("tells a stop, an iceberg, a list and a prevented trade, each in its own words", async () => {
    const stop = await place(alice, {
      ...{ side: "SELL", type: "STOP_LOSS_LIMIT", timeInForce: "GTC", price: 28_000, stopPrice: 29_000 },
      ...{ trailingDelta: 100, icebergQty: 0.005 },
    });
    await eventually(() => of(stop.orderId).length === 1);
    expect(of(stop.orderId)[0]).to.deep.include({
      orderType: "STOP_LOSS_LIMIT",
      stopPrice: "29000.00000000",
      trailingDelta: 100,
      icebergQty: "0.00500000",
      orderListId: -1,
      workingTime: -1,
      preventedMatchId: -1,
    });
    for (const price of [29_000, 28_700]) {
      await limit(bob, "BUY", price);
      await limit(alice, "SELL", price);
    }
    await eventually(() => of(stop.orderId).length === 2);
    expect(words(stop.orderId)).to.deep.equal(["NEW NEW waiting off", "NEW NEW working on book"]);
    await alice.event("order.cancel", { symbol: SYMBOL, orderId: stop.orderId });
    await eventually(() => of(stop.orderId).length === 3);
    expect(words(stop.orderId).at(-1)).to.equal("CANCELED CANCELED working off");

    const { body: list } = await alice.event("orderList.place.oto", {
      symbol: SYMBOL,
      ...{ workingType: "LIMIT", workingSide: "BUY", workingPrice: 28_000, workingQuantity: 0.01 },
      ...{ workingTimeInForce: "GTC", pendingType: "STOP_LOSS", pendingSide: "SELL" },
      ...{ pendingQuantity: 0.005, pendingStopPrice: 27_000 },
    });
    await limit(bob, "SELL", 28_000);
    const [working, pending] = list.orders;
    await eventually(() => of(pending.orderId).length === 2);
    expect(words(working.orderId)).to.deep.equal(["NEW NEW working on book", "TRADE FILLED working off"]);
    expect(words(pending.orderId)).to.deep.equal(["NEW PENDING_NEW waiting off", "NEW NEW waiting off"]);
    await alice.event("orderList.cancel", { symbol: SYMBOL, orderListId: list.orderListId });
    await eventually(() => lists.length === 2);
    expect(
      lists.map(({ listStatusType, listOrderStatus }) => [listStatusType, listOrderStatus]),
    ).to.deep.equal([
      ["EXEC_STARTED", "EXECUTING"],
      ["ALL_DONE", "ALL_DONE"],
    ]);
    for (const told of lists) {
      expect(told).to.deep.include({
        orderListId: list.orderListId,
        contingencyType: "OTO",
        listClientOrderId: list.listClientOrderId,
        orders: list.orders,
      });
    }
    const places = [...reports, ...lists].map(({ seq, index }) => seq * 1000 + index);
    expect(new Set(places).size, "each has a place of its own").to.equal(places.length);

    const maker = await limit(alice, "SELL", 28_500, { quantity: 0.03 });
    const taker = await limit(alice, "BUY", 28_500, { selfTradePreventionMode: "DECREMENT" });
    await eventually(() => of(maker.orderId).length === 2 && of(taker.orderId).length === 2);
    expect(of(maker.orderId)[1]).to.deep.include({
      executionType: "TRADE_PREVENTION",
      orderStatus: "NEW",
      preventedQuantity: "0.01000000",
      lastPreventedQuantity: "0.01000000",
      isMaker: true,
      isOnBook: true,
    });
    expect(of(taker.orderId)[1]).to.deep.include({
      executionType: "TRADE_PREVENTION",
      orderStatus: "EXPIRED_IN_MATCH",
      preventedQuantity: "0.01000000",
      lastPreventedQuantity: "0.01000000",
      preventedMatchId: of(maker.orderId)[1]?.preventedMatchId,
    });
    const amended = await alice.event("order.amend.keepPriority", {
      symbol: SYMBOL,
      orderId: maker.orderId,
      newQty: 0.02,
    });
    expect(amended.body.amendedOrder.preventedQty).to.equal("0.01000000");
    await eventually(() => of(maker.orderId).length === 3);
    expect(of(maker.orderId)[2]).to.deep.include({ executionType: "REPLACED", quantity: "0.02000000" });
  });

  it("gives open orders and lists in the state, waiting and pending ones too", async () => {
    const stop = await place(alice, { side: "SELL", type: "STOP_LOSS", stopPrice: 20_000 });
    const { body: list } = await alice.event("orderList.place.oto", {
      symbol: SYMBOL,
      ...{ workingType: "LIMIT_MAKER", workingSide: "BUY", workingPrice: 20_000, workingQuantity: 0.01 },
      ...{ pendingType: "MARKET", pendingSide: "SELL", pendingQuantity: 0.005 },
    });
    const state = await socket.emitWithAck("state");
    if ("error" in state) throw new Error(state.error.msg);
    expect(state.openOrders.map(({ orderId, orderStatus }) => [orderId, orderStatus])).to.deep.equal([
      [stop.orderId, "NEW"],
      [list.orders[0].orderId, "NEW"],
      [list.orders[1].orderId, "PENDING_NEW"],
    ]);
    expect(state.openOrderLists.map(({ orderListId }) => orderListId)).to.deep.equal([list.orderListId]);
  });

  it("refuses over sockets what makes no sense, by field, and needs a user who may trade", async () => {
    const order = { symbol: SYMBOL, side: "BUY", type: "MARKET", quantity: 0.01 };
    const wrong = async (sent: unknown) => (await alice.event("order.place", sent as Sent)).body;
    expect(await wrong("BUY")).to.include({ code: -9020 });
    expect(await wrong({ ...order, quantity: { of: 1 } })).to.include({ code: -9020, field: "quantity" });
    expect(await wrong({ ...order, quantity: Number.NaN })).to.include({ code: -9020 });
    expect(await wrong({ ...order, what: 1 })).to.include({ code: -1103 });
    expect(await wrong({ ...order, newQty: 1 })).to.include({ code: -1104 });
    expect(await wrong({ ...order, idempotencyKey: "with a blank" })).to.include({ code: -1130 });
    expect(await wrong({ ...order, side: "HOLD" })).to.include({ code: -1117, field: "side" });
    const test = await alice.event("order.test", { ...order, computeCommissionRates: true });
    expect(test.body).to.have.property("standardCommissionForOrder");
  });

  it("takes no order from a key that may only read", async () => {
    const answer = await fetch(`${platform.url}/meridian/v1/api-keys`, {
      method: "POST",
      headers: { Authorization: `Bearer ${alice.token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ label: "reader", canTrade: false }),
    });
    const { apiKey, secret } = (await answer.json()) as { apiKey: string; secret: string };
    const timestamp = Date.now();
    const signature = createHmac("sha256", secret).update(`timestamp=${timestamp}`).digest("hex");
    const reader = connectSocket(platform.url, { auth: { apiKey, timestamp, signature } });
    const order = { symbol: SYMBOL, side: "BUY", type: "MARKET", quantity: 0.01 };
    for (const event of TRADE_EVENTS) {
      // What an event takes does not matter: nothing of it is looked at.
      const refused = await reader.timeout(10_000).emitWithAck(event as "order.place", order);
      expect(refused, event).to.deep.equal({
        error: { code: -2015, msg: "Invalid API-key, IP, or permissions for action." },
      });
    }
    reader.disconnect();
  });

  it("keeps what tables alone know through a restart: tracking and prevented matches", async () => {
    const trailing = await place(alice, { side: "SELL", type: "STOP_LOSS", trailingDelta: 500 });
    const maker = await limit(alice, "SELL", 30_100, { quantity: 0.03 });
    await limit(alice, "BUY", 30_100, { selfTradePreventionMode: "DECREMENT" });
    const both = async () =>
      Promise.all(
        [trailing, maker].map(async ({ orderId }) => {
          const { body } = await alice.rest("GET", "/api/v3/order", { symbol: SYMBOL, orderId });
          return [body.trailingTime, body.preventedMatchId, body.preventedQuantity, body.isWorking];
        }),
      );
    const before = await both();
    expect(before[0]?.[0]).to.be.greaterThan(0);
    expect(before[1]?.[1]).to.be.greaterThan(0);
    await platform.restart();
    expect(await both()).to.deep.equal(before);
  });
});
