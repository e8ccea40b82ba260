import { expect } from "chai";
import { after, before, beforeEach, describe, it } from "mocha";
import { type OrderPlatform, type OrderTrader, type Sent, startOrderPlatform } from "./order-platform.ts";

const SYMBOL = "BTCUSDT";
const ORDER = "/api/v3/order";
const REPLACE = "/api/v3/order/cancelReplace";
const LIMIT = {
  symbol: SYMBOL,
  side: "BUY",
  type: "LIMIT",
  timeInForce: "GTC",
  price: 29_000,
  quantity: "0.01",
};
const STOP = { ...LIMIT, cancelReplaceMode: "STOP_ON_FAILURE" };
const ALLOW = { ...LIMIT, cancelReplaceMode: "ALLOW_FAILURE" };
const UNKNOWN = { code: -2011, msg: "Unknown order sent." };
const POOR = { code: -2010, msg: "Account has insufficient balance for requested action." };

describe("changing orders", () => {
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

  const place = async (trader: OrderTrader, sent: Sent = {}) => {
    const { status, body } = await trader.rest("POST", ORDER, { ...LIMIT, ...sent });
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  };
  const open = async () => {
    const { body } = await alice.rest("GET", "/api/v3/openOrders", { symbol: SYMBOL });
    return body.map(({ price }: { price: string }) => Number(price));
  };

  it("replaces an order: by either id, answered as asked", async () => {
    const first = await place(alice, { newClientOrderId: "first" });
    const byId = await alice.rest("POST", REPLACE, {
      ...STOP,
      price: 28_000,
      cancelOrderId: first.orderId,
      cancelNewClientOrderId: "the-cancel",
      newClientOrderId: "second",
    });
    expect(byId.status).to.equal(200);
    expect(byId.body).to.deep.include({ cancelResult: "SUCCESS", newOrderResult: "SUCCESS" });
    expect(byId.body.cancelResponse).to.deep.include({
      orderId: first.orderId,
      origClientOrderId: "first",
      clientOrderId: "the-cancel",
      status: "CANCELED",
    });
    expect(byId.body.newOrderResponse).to.deep.include({ clientOrderId: "second", status: "NEW", fills: [] });
    const byName = await alice.rest("POST", REPLACE, {
      ...STOP,
      price: 27_000,
      cancelOrigClientOrderId: "second",
      newOrderRespType: "ACK",
    });
    expect(byName.body.newOrderResponse).to.have.all.keys(
      ...["symbol", "orderId", "orderListId", "clientOrderId", "transactTime"],
    );
    expect(await open()).to.deep.equal([27_000]);
    const neither = await alice.rest("POST", REPLACE, STOP);
    expect(neither.body).to.deep.include({
      code: -1102,
      msg: "Param 'cancelOrigClientOrderId' or 'cancelOrderId' must be sent, but both were empty/null!",
    });
  });

  it("tells both halves: each may fail, in both modes", async () => {
    const poor = { quantity: "50" };
    const send = (sent: Sent) => alice.rest("POST", REPLACE, sent);
    const failed = "Order cancel-replace failed.";
    const partly = "Order cancel-replace partially failed.";

    const stopped = await send({ ...STOP, cancelOrderId: 999_999 });
    expect({ status: stopped.status, ...stopped.body }).to.deep.equal({
      status: 400,
      code: -2022,
      msg: failed,
      data: {
        cancelResult: "FAILURE",
        newOrderResult: "NOT_ATTEMPTED",
        cancelResponse: UNKNOWN,
        newOrderResponse: null,
      },
    });
    expect(await open()).to.deep.equal([]);

    const both = await send({ ...ALLOW, ...poor, cancelOrderId: 999_999 });
    expect({ status: both.status, ...both.body }).to.deep.equal({
      status: 400,
      code: -2022,
      msg: failed,
      data: {
        cancelResult: "FAILURE",
        newOrderResult: "FAILURE",
        cancelResponse: UNKNOWN,
        newOrderResponse: POOR,
      },
    });

    const placed = await send({ ...ALLOW, price: 28_000, cancelOrderId: 999_999 });
    expect({ status: placed.status, code: placed.body.code, msg: placed.body.msg }).to.deep.equal({
      status: 409,
      code: -2021,
      msg: partly,
    });
    expect(placed.body.data).to.deep.include({
      cancelResult: "FAILURE",
      newOrderResult: "SUCCESS",
      cancelResponse: UNKNOWN,
    });
    expect(await open()).to.deep.equal([28_000]);

    const { orderId } = placed.body.data.newOrderResponse;
    for (const mode of [STOP, ALLOW]) {
      const id = mode === STOP ? orderId : (await place(alice)).orderId;
      const canceled = await send({ ...mode, ...poor, cancelOrderId: id });
      expect(canceled.status).to.equal(409);
      expect(canceled.body).to.deep.include({ code: -2021, msg: partly });
      expect(canceled.body.data).to.deep.include({
        cancelResult: "SUCCESS",
        newOrderResult: "FAILURE",
        newOrderResponse: POOR,
      });
      expect(canceled.body.data.cancelResponse.status).to.equal("CANCELED");
    }
    expect(await open()).to.deep.equal([]);
  });

  it("checks the new order's filters before anything is canceled, as Binance does", async () => {
    const { orderId } = await place(alice);
    const refused = await alice.rest("POST", REPLACE, { ...STOP, quantity: "9001", cancelOrderId: orderId });
    expect({ status: refused.status, ...refused.body }).to.deep.equal({
      status: 400,
      code: -1013,
      msg: "Filter failure: LOT_SIZE",
    });
    expect(await open()).to.deep.equal([29_000]);
  });

  it("cancels only in the status that cancelRestrictions asks for", async () => {
    const restricted = { code: -2011, msg: "Order was not canceled due to cancel restrictions." };
    const cancel = (orderId: number, cancelRestrictions: string) =>
      alice.rest("DELETE", ORDER, { symbol: SYMBOL, orderId, cancelRestrictions });
    const fresh = await place(alice);
    expect((await cancel(fresh.orderId, "ONLY_PARTIALLY_FILLED")).body).to.deep.equal(restricted);
    expect((await cancel(fresh.orderId, "ONLY_NEW")).body.status).to.equal("CANCELED");
    const partly = await place(alice);
    await place(bob, { side: "SELL", quantity: "0.004" });
    expect((await cancel(partly.orderId, "ONLY_NEW")).body).to.deep.equal(restricted);
    const replaced = await alice.rest("POST", REPLACE, {
      ...STOP,
      cancelOrderId: partly.orderId,
      cancelRestrictions: "ONLY_NEW",
    });
    expect(replaced.body.data.cancelResponse).to.deep.equal(restricted);
    expect((await cancel(partly.orderId, "ONLY_PARTIALLY_FILLED")).body.status).to.equal("CANCELED");
    expect((await cancel(partly.orderId, "ONLY_OLD")).body).to.deep.include({
      code: -1145,
      msg: "Invalid cancelRestrictions",
    });
  });

  it("lowers a quantity in place, of an iceberg too, but not in a list", async () => {
    const amend = (orderId: number, newQty: string) =>
      alice.rest("PUT", "/api/v3/order/amend/keepPriority", { symbol: SYMBOL, orderId, newQty });
    const { orderId } = await place(alice, { quantity: "0.05", icebergQty: "0.02" });
    const { body } = await amend(orderId, "0.03");
    expect(body.amendedOrder).to.deep.include({
      orderId,
      qty: "0.03000000",
      icebergQty: "0.02000000",
      preventedQty: "0.00000000",
      status: "NEW",
    });
    expect((await amend(orderId, "0.03")).body.code).to.equal(-2038);
    const list = await alice.rest("POST", "/api/v3/orderList/oto", {
      symbol: SYMBOL,
      ...{ workingType: "LIMIT_MAKER", workingSide: "BUY", workingPrice: 28_000, workingQuantity: "0.02" },
      ...{ pendingType: "LIMIT_MAKER", pendingSide: "SELL", pendingPrice: 40_000, pendingQuantity: "0.02" },
    });
    expect((await amend(list.body.orders[0].orderId, "0.01")).body).to.deep.include({
      code: -9042,
      msg: "An order of an order list cannot be amended.",
    });
  });

  it("replaces once, however often it is sent under one key", async () => {
    const { orderId } = await place(alice);
    const sent = { ...STOP, price: 28_000, cancelOrderId: orderId, idempotencyKey: "replace-1" };
    const first = await alice.event("order.cancelReplace", sent);
    expect(first.body.cancelResult).to.equal("SUCCESS");
    expect((await alice.event("order.cancelReplace", sent)).body).to.deep.equal(first.body);
    expect((await alice.event("order.cancelReplace", { ...sent, price: 27_000 })).body.code).to.equal(-9004);
    expect(await open()).to.deep.equal([28_000]);
  });
});
