import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import {
  type Answer,
  query,
  sign,
  startTestGateway,
  type TestGateway,
  type TestUser,
} from "./rest-gateway.ts";

const LIMIT = {
  symbol: "BTCUSDT",
  side: "BUY",
  type: "LIMIT",
  timeInForce: "GTC",
  quantity: "0.01",
  price: "20000",
};

describe("REST orders", () => {
  let gateway: TestGateway;
  let alice: TestUser;
  let bob: TestUser;

  before(async () => {
    gateway = await startTestGateway();
    alice = await gateway.newUser("alice", { USDT: "100000", BTC: "10" });
    bob = await gateway.newUser("bob", { USDT: "100000", BTC: "10" });
  });
  after(() => gateway.stop());

  const place = (user: TestUser, change: Record<string, string | number> = {}) =>
    gateway.signed(user, "POST", "/api/v3/order", { ...LIMIT, ...change });
  const refused = ({ status, body }: Answer, code: number, msg: string, httpStatus = 400) => {
    expect({ status, code: body.code, msg: body.msg }).to.deep.equal({ status: httpStatus, code, msg });
  };
  const cancelAll = (user: TestUser) =>
    gateway.signed(user, "DELETE", "/api/v3/openOrders", { symbol: "BTCUSDT" });

  describe("placing", () => {
    it("answers FULL for LIMIT, RESULT and ACK when asked, ACK for LIMIT_MAKER", async () => {
      const full = await place(alice);
      expect(full.status).to.equal(200);
      expect(full.body).to.deep.include({
        symbol: "BTCUSDT",
        orderListId: -1,
        price: "20000.00000000",
        origQty: "0.01000000",
        executedQty: "0.00000000",
        cummulativeQuoteQty: "0.00000000",
        status: "NEW",
        timeInForce: "GTC",
        type: "LIMIT",
        side: "BUY",
        selfTradePreventionMode: "EXPIRE_MAKER",
        fills: [],
      });
      expect(full.body.orderId).to.be.a("number");
      expect(full.body.clientOrderId).to.match(/^[0-9A-Za-z]{22}$/);
      expect(full.headers.get("X-MBX-ORDER-COUNT-10S")).to.match(/^[1-9]\d*$/);
      expect(full.headers.get("X-MBX-ORDER-COUNT-1D")).to.match(/^[1-9]\d*$/);
      expect((await place(alice, { newOrderRespType: "RESULT" })).body).not.to.have.property("fills");
      const ack = ["symbol", "orderId", "orderListId", "clientOrderId", "transactTime"];
      expect((await place(alice, { newOrderRespType: "ACK" })).body).to.have.all.keys(ack);
      const { timeInForce: _none, ...maker } = LIMIT;
      const made = await gateway.signed(alice, "POST", "/api/v3/order", { ...maker, type: "LIMIT_MAKER" });
      expect(made.body).to.have.all.keys(ack);
      expect((await cancelAll(alice)).body).to.have.length(4);
    });

    it("fills a market order by quantity and by quoteOrderQty, fees in what is received", async () => {
      await place(alice, { side: "SELL", quantity: "1", price: "30000" });
      const market = { symbol: "BTCUSDT", side: "BUY", type: "MARKET" };
      const byQuantity = await gateway.signed(bob, "POST", "/api/v3/order", { ...market, quantity: "0.01" });
      expect(byQuantity.body).to.deep.include({
        status: "FILLED",
        executedQty: "0.01000000",
        timeInForce: "GTC",
        price: "0.00000000",
      });
      expect(byQuantity.body.fills).to.have.length(1);
      expect(byQuantity.body.fills[0]).to.deep.include({
        price: "30000.00000000",
        qty: "0.01000000",
        commission: "0.00001000",
        commissionAsset: "BTC",
      });
      const byQuote = await gateway.signed(bob, "POST", "/api/v3/order", { ...market, quoteOrderQty: "601" });
      expect(byQuote.body).to.deep.include({
        status: "FILLED",
        origQty: "0.02000000",
        executedQty: "0.02000000",
        cummulativeQuoteQty: "600.00000000",
        origQuoteOrderQty: "601.00000000",
      });
      await cancelAll(alice);
    });

    it("takes parameters from the query, from the body, and from both", async () => {
      const { symbol, side, ...rest } = LIMIT;
      const body = query({ ...rest, timestamp: Date.now() });
      const head = query({ symbol, side });
      const headers = { "X-MBX-APIKEY": alice.apiKey, "Content-Type": "application/x-www-form-urlencoded" };
      // Binance's example 3: query and body are signed together without an ampersand between them.
      const mixed = await gateway.send("POST", `/api/v3/order?${head}`, {
        headers,
        body: `${body}&signature=${sign(alice.secret, head + body)}`,
      });
      expect(mixed.status).to.equal(200);
      const payload = query({ ...LIMIT, timestamp: Date.now() });
      const inQuery = await gateway.send(
        "POST",
        `/api/v3/order?${payload}&signature=${sign(alice.secret, payload)}`,
        {
          headers: { "X-MBX-APIKEY": alice.apiKey },
        },
      );
      expect(inQuery.status).to.equal(200);
      await cancelAll(alice);
    });

    it("refuses what does not fit, with Binance's codes and words", async () => {
      const { timeInForce: _tif, ...noTif } = LIMIT;
      const { price: _price, ...noPrice } = LIMIT;
      const send = (parameters: Record<string, string | number>) =>
        gateway.signed(alice, "POST", "/api/v3/order", parameters);
      const market = { symbol: "BTCUSDT", side: "BUY", type: "MARKET" };
      refused(
        await send(noTif),
        -1102,
        "Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed.",
      );
      refused(
        await send(noPrice),
        -1102,
        "Mandatory parameter 'price' was not sent, was empty/null, or malformed.",
      );
      refused(
        await send(market),
        -1102,
        "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!",
      );
      refused(
        await send({ ...market, quantity: 1, quoteOrderQty: 1 }),
        -1128,
        "Combination of optional parameters invalid.",
      );
      refused(
        await send({ ...market, quantity: 1, timeInForce: "GTC" }),
        -1106,
        "Parameter 'timeInForce' sent when not required.",
      );
      refused(
        await send({ ...market, quantity: 1, price: 1 }),
        -1106,
        "Parameter 'price' sent when not required.",
      );
      refused(
        await place(alice, { quoteOrderQty: "5" }),
        -1106,
        "Parameter 'quoteOrderQty' sent when not required.",
      );
      refused(await place(alice, { stopPrice: "5" }), -1106, "Parameter 'stopPrice' sent when not required.");
      refused(await place(alice, { icebergQty: "5" }), -2010, "IcebergQty exceeds QTY.");
      refused(await place(alice, { type: "STOP_LIMIT" }), -1116, "Invalid orderType.");
      refused(await place(alice, { side: "HOLD" }), -1117, "Invalid side.");
      refused(await place(alice, { timeInForce: "GTX" }), -1115, "Invalid timeInForce.");
      refused(await place(alice, { symbol: "NOPE" }), -1121, "Invalid symbol.");
      refused(
        await place(alice, { symbol: "btcusdt" }),
        -1100,
        "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'.",
      );
      refused(
        await place(alice, { quantity: "-1" }),
        -1100,
        "Illegal characters found in parameter 'quantity'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.",
      );
      refused(await place(alice, { quantity: "" }), -1105, "Parameter 'quantity' was empty.");
      refused(
        await place(alice, { quantity: "0.000000001" }),
        -1111,
        "Parameter 'quantity' has too much precision.",
      );
      refused(
        await place(alice, { price: "20000.000000001" }),
        -1111,
        "Parameter 'price' has too much precision.",
      );
      refused(await place(alice, { quantity: "0.00001" }), -1013, "Filter failure: LOT_SIZE");
      refused(await place(alice, { quantity: "0" }), -1013, "Filter failure: LOT_SIZE");
      refused(await place(alice, { quantity: "9001" }), -1013, "Filter failure: LOT_SIZE");
      refused(await place(alice, { price: "20000.001" }), -1013, "Filter failure: PRICE_FILTER");
      refused(await place(alice, { price: "0" }), -1013, "Filter failure: PRICE_FILTER");
      refused(await place(alice, { price: "1000000.01" }), -1013, "Filter failure: PRICE_FILTER");
      refused(await place(alice, { quantity: "0.0001" }), -1013, "Filter failure: NOTIONAL");
      refused(await place(alice, { price: "1" }), -1013, "Filter failure: PERCENT_PRICE_BY_SIDE");
      refused(
        await place(alice, { quantity: "100" }),
        -2010,
        "Account has insufficient balance for requested action.",
      );
      refused(await place(alice, { whatIsThis: "1" }), -1103, "An unknown parameter was sent.");
      refused(await place(alice, { windowless: "1", limit: "5" }), -1103, "An unknown parameter was sent.");
      refused(
        await place(alice, { limit: "5" }),
        -1104,
        "Not all sent parameters were read; read '9' parameter(s) but was sent '10'.",
      );
      refused(
        await place(alice, { selfTradePreventionMode: "TRANSFER" }),
        -1130,
        "Data sent for parameter 'selfTradePreventionMode' is not valid.",
      );
    });

    it("refuses a post-only order that would take", async () => {
      await place(bob, { side: "SELL", price: "25000" });
      const { timeInForce: _none, ...maker } = LIMIT;
      const answer = await gateway.signed(alice, "POST", "/api/v3/order", {
        ...maker,
        type: "LIMIT_MAKER",
        price: "26000",
      });
      refused(answer, -2010, "Order would immediately match and take.");
      await cancelAll(bob);
    });

    it("checks a test order and places nothing", async () => {
      const test = (change: Record<string, string | number> = {}) =>
        gateway.signed(alice, "POST", "/api/v3/order/test", { ...LIMIT, ...change });
      expect((await test()).body).to.deep.equal({});
      expect((await test({ computeCommissionRates: "true" })).body.standardCommissionForOrder).to.deep.equal({
        maker: "0.00100000",
        taker: "0.00100000",
      });
      refused(await test({ quantity: "0.0001" }), -1013, "Filter failure: NOTIONAL");
      refused(await test({ price: "1" }), -1013, "Filter failure: PERCENT_PRICE_BY_SIDE");
      refused(await test({ quantity: "9001" }), -1013, "Filter failure: LOT_SIZE");
      refused(await test({ price: "1000001" }), -1013, "Filter failure: PRICE_FILTER");
      expect((await gateway.signed(alice, "GET", "/api/v3/openOrders")).body).to.deep.equal([]);
    });
  });

  describe("once", () => {
    it("answers a byte-identical retry with the first outcome and places one order", async () => {
      const payload = query({ ...LIMIT, timestamp: Date.now() });
      const body = `${payload}&signature=${sign(alice.secret, payload)}`;
      const headers = { "X-MBX-APIKEY": alice.apiKey, "Content-Type": "application/x-www-form-urlencoded" };
      const answers = await Promise.all(
        [1, 2, 3].map(() => gateway.send("POST", "/api/v3/order", { headers, body })),
      );
      expect(new Set(answers.map((answer) => answer.body.orderId)).size).to.equal(1);
      expect((await cancelAll(alice)).body).to.have.length(1);
    });

    it("answers an Idempotency-Key again with the first outcome, and refuses another order under it", async () => {
      const key = { "Idempotency-Key": "order-77" };
      const send = (change: Record<string, string | number> = {}) =>
        gateway.signed(
          alice,
          "POST",
          "/api/v3/order",
          { ...LIMIT, newClientOrderId: "idem-77", ...change },
          key,
        );
      const first = await send();
      expect((await send()).body.orderId).to.equal(first.body.orderId);
      refused(
        await send({ quantity: "0.02" }),
        -9004,
        "The idempotency key was used for another request.",
        409,
      );
      const cancel = await gateway.signed(
        alice,
        "DELETE",
        "/api/v3/order",
        { symbol: "BTCUSDT", orderId: first.body.orderId },
        key,
      );
      refused(cancel, -9004, "The idempotency key was used for another request.", 409);
      // The key belongs to the account: another's is a key of its own.
      const other = await gateway.signed(
        bob,
        "POST",
        "/api/v3/order",
        { ...LIMIT, newClientOrderId: "idem-77" },
        key,
      );
      expect(other.status).to.equal(200);
      await cancelAll(alice);
      await cancelAll(bob);
    });

    it("refuses a client order id that was used before", async () => {
      const first = await place(alice, { newClientOrderId: "twice" });
      expect(first.status).to.equal(200);
      refused(await place(alice, { newClientOrderId: "twice" }), -2010, "Duplicate order sent.");
      await cancelAll(alice);
      refused(await place(alice, { newClientOrderId: "twice" }), -2010, "Duplicate order sent.");
    });
  });

  describe("canceling, amending and looking up", () => {
    it("cancels by id and by client id, and says when there is nothing to cancel", async () => {
      const first = (await place(alice, { newClientOrderId: "c1" })).body;
      const canceled = await gateway.signed(alice, "DELETE", "/api/v3/order", {
        symbol: "BTCUSDT",
        orderId: first.orderId,
        newClientOrderId: "my-cancel",
      });
      expect(canceled.body).to.deep.include({
        orderId: first.orderId,
        origClientOrderId: "c1",
        clientOrderId: "my-cancel",
        status: "CANCELED",
      });
      await place(alice, { newClientOrderId: "c2" });
      const byName = { symbol: "BTCUSDT", origClientOrderId: "c2" };
      expect((await gateway.signed(alice, "DELETE", "/api/v3/order", byName)).body.status).to.equal(
        "CANCELED",
      );
      refused(await gateway.signed(alice, "DELETE", "/api/v3/order", byName), -2011, "Unknown order sent.");
      refused(await cancelAll(alice), -2011, "Unknown order sent.");
      refused(
        await gateway.signed(alice, "DELETE", "/api/v3/order", { symbol: "BTCUSDT" }),
        -1102,
        "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
      );
    });

    it("lowers a quantity in place, and refuses to raise it", async () => {
      const { orderId } = (await place(alice, { newClientOrderId: "amend-me" })).body;
      const amend = (newQty: string, more = {}) =>
        gateway.signed(alice, "PUT", "/api/v3/order/amend/keepPriority", {
          symbol: "BTCUSDT",
          orderId,
          newQty,
          ...more,
        });
      const amended = await amend("0.005");
      expect(amended.body.amendedOrder).to.deep.include({
        orderId,
        qty: "0.00500000",
        clientOrderId: "amend-me",
        status: "NEW",
      });
      expect((await amend("0.006")).body.code).to.equal(-2038);
      refused(await amend("0.00001"), -1013, "Filter failure: LOT_SIZE");
      refused(
        await amend("0.004", { newClientOrderId: "other" }),
        -1130,
        "Data sent for parameter 'newClientOrderId' is not valid.",
      );
      expect((await amend("0.004", { newClientOrderId: "amend-me" })).status).to.equal(200);
      await cancelAll(alice);
    });

    it("finds what was just answered, open or ended, in every list", async () => {
      const { orderId } = (await place(alice, { newClientOrderId: "look" })).body;
      const name = { symbol: "BTCUSDT", orderId };
      const order = await gateway.signed(alice, "GET", "/api/v3/order", name);
      expect(order.body).to.deep.include({
        orderId,
        clientOrderId: "look",
        status: "NEW",
        isWorking: true,
        icebergQty: "0.00000000",
      });
      expect(
        (await gateway.signed(alice, "GET", "/api/v3/openOrders", { symbol: "BTCUSDT" })).body,
      ).to.deep.equal([order.body]);
      const all = await gateway.signed(alice, "GET", "/api/v3/allOrders", { symbol: "BTCUSDT" });
      expect(all.body.at(-1)).to.deep.equal(order.body);
      await cancelAll(alice);
      expect((await gateway.signed(alice, "GET", "/api/v3/order", name)).body.status).to.equal("CANCELED");
      const after = await gateway.signed(alice, "GET", "/api/v3/allOrders", { symbol: "BTCUSDT", orderId });
      expect(after.body.map((row: { status: string }) => row.status)).to.deep.equal(["CANCELED"]);
      refused(
        await gateway.signed(alice, "GET", "/api/v3/order", { symbol: "BTCUSDT", orderId: 4 }),
        -2013,
        "Order does not exist.",
      );
      refused(
        await gateway.signed(alice, "GET", "/api/v3/order", { symbol: "ETHUSDT", orderId }),
        -2013,
        "Order does not exist.",
      );
    });

    it("lists own trades for maker and taker, with their fees", async () => {
      const sell = (await place(alice, { side: "SELL", price: "31000", quantity: "0.5" })).body;
      const buy = (await place(bob, { price: "31000", quantity: "0.2" })).body;
      const trades = (user: TestUser, parameters = {}) =>
        gateway.signed(user, "GET", "/api/v3/myTrades", { symbol: "BTCUSDT", ...parameters });
      const [ofMaker] = (await trades(alice, { orderId: sell.orderId })).body;
      expect(ofMaker).to.deep.include({
        orderId: sell.orderId,
        isMaker: true,
        isBuyer: false,
        commission: "6.20000000",
        commissionAsset: "USDT",
      });
      const [ofTaker] = (await trades(bob, { orderId: buy.orderId })).body;
      expect(ofTaker).to.deep.include({
        orderId: buy.orderId,
        isMaker: false,
        isBuyer: true,
        qty: "0.20000000",
        quoteQty: "6200.00000000",
        commissionAsset: "BTC",
      });
      expect((await trades(bob, { fromId: ofTaker.id })).body).to.have.length(1);
      refused(
        await trades(bob, { fromId: 1, startTime: 1 }),
        -1128,
        "Combination of optional parameters invalid.",
      );
      refused(
        await trades(bob, { startTime: 1, endTime: 86_400_002 }),
        -1127,
        "More than 24 hours between startTime and endTime.",
      );
      refused(await trades(bob, { limit: 0 }), -1130, "Data sent for parameter 'limit' is not valid.");
      await cancelAll(alice);
    });
  });

  describe("isolation", () => {
    it("shows and gives nothing of one account to another", async () => {
      const { orderId } = (await place(alice, { newClientOrderId: "private" })).body;
      const names = [
        { orderId },
        { origClientOrderId: "private" },
        { orderId, origClientOrderId: "private" },
      ];
      for (const name of names) {
        const named = { symbol: "BTCUSDT", ...name };
        refused(await gateway.signed(bob, "GET", "/api/v3/order", named), -2013, "Order does not exist.");
        refused(await gateway.signed(bob, "DELETE", "/api/v3/order", named), -2011, "Unknown order sent.");
        const amend = await gateway.signed(bob, "PUT", "/api/v3/order/amend/keepPriority", {
          ...named,
          newQty: "0.005",
        });
        refused(amend, -2011, "Unknown order sent.");
      }
      refused(await cancelAll(bob), -2011, "Unknown order sent.");
      for (const path of ["/api/v3/openOrders", "/api/v3/allOrders"]) {
        const { body } = await gateway.signed(bob, "GET", path, { symbol: "BTCUSDT" });
        expect(body.some((order: { orderId: number }) => order.orderId === orderId)).to.equal(false);
      }
      expect(
        (await gateway.signed(bob, "GET", "/api/v3/myTrades", { symbol: "BTCUSDT", orderId })).body,
      ).to.deep.equal([]);
      expect(
        (await gateway.signed(alice, "GET", "/api/v3/order", { symbol: "BTCUSDT", orderId })).body.status,
      ).to.equal("NEW");
      await cancelAll(alice);
    });

    it("needs someone to ask, and a key that may trade to act", async () => {
      const reader = await gateway.newKey(alice, false);
      for (const [method, path] of [
        ["GET", "/api/v3/account"],
        ["GET", "/api/v3/order"],
        ["GET", "/api/v3/openOrders"],
        ["GET", "/api/v3/allOrders"],
        ["GET", "/api/v3/myTrades"],
        ["GET", "/api/v3/rateLimit/order"],
        ["GET", "/api/v3/account/commission"],
        ["GET", "/sapi/v1/asset/tradeFee"],
        ["POST", "/api/v3/order"],
        ["POST", "/api/v3/order/test"],
        ["DELETE", "/api/v3/order"],
        ["DELETE", "/api/v3/openOrders"],
        ["PUT", "/api/v3/order/amend/keepPriority"],
        ["POST", "/orders"],
      ] as const) {
        refused(await gateway.send(method, path), -2014, "API-key format invalid.", 401);
        if (method === "GET") continue;
        refused(
          await gateway.signed(reader, method, path, {}),
          -2015,
          "Invalid API-key, IP, or permissions for action.",
          401,
        );
      }
      expect((await gateway.signed(reader, "GET", "/api/v3/account")).body.canTrade).to.equal(false);
    });
  });

  describe("a session", () => {
    const form = query(LIMIT);
    const type = { "Content-Type": "application/x-www-form-urlencoded" };

    it("works on every signed route without a signature", async () => {
      const headers = { ...type, Authorization: `Bearer ${alice.token}` };
      const placed = await gateway.send("POST", "/api/v3/order", { headers, body: form });
      expect(placed.status).to.equal(200);
      const open = await gateway.send("GET", "/api/v3/openOrders", {
        headers: { Cookie: `meridian_session=${alice.token}` },
      });
      expect(open.body.map((order: { orderId: number }) => order.orderId)).to.deep.equal([
        placed.body.orderId,
      ]);
      // Without a key, the page's second click is a second order.
      const again = await gateway.send("POST", "/api/v3/order", { headers, body: form });
      expect(again.body.orderId).not.to.equal(placed.body.orderId);
      await cancelAll(alice);
    });

    it("acts by its cookie from our own pages only", async () => {
      const cookie = { ...type, Cookie: `meridian_session=${alice.token}` };
      const host = new URL(gateway.url).host;
      for (const foreign of [
        { "Sec-Fetch-Site": "cross-site" },
        { "Sec-Fetch-Site": "same-site" },
        { Origin: "https://evil.example" },
      ]) {
        const answer = await gateway.send("POST", "/api/v3/order", {
          headers: { ...cookie, ...foreign },
          body: form,
        });
        refused(answer, -9002, "This request comes from another site.", 403);
      }
      const own = { ...cookie, "Sec-Fetch-Site": "same-origin", Origin: `http://${host}` };
      expect((await gateway.send("POST", "/api/v3/order", { headers: own, body: form })).status).to.equal(
        200,
      );
      await cancelAll(alice);
    });
  });

  it("takes the simple order message", async () => {
    const message = {
      orderId: "s-1",
      type: "BUY",
      userID: "alice",
      coinID: "BTC",
      quantity: 0.01,
      price: 20000,
    };
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${alice.token}` };
    const send = (body: unknown) => gateway.send("POST", "/orders", { headers, body: JSON.stringify(body) });
    const placed = await send(message);
    expect(placed.body).to.deep.include({ orderId: "s-1", symbol: "BTCUSDT", status: "NEW" });
    expect((await send(message)).body.meridianOrderId).to.equal(placed.body.meridianOrderId);
    expect((await send({ ...message, orderId: "s-2", userID: "bob" })).body.code).to.equal(-9021);
    const { body } = await send({ ...message, orderId: "s-3", quantity: "many" });
    expect(body.field).to.equal("quantity");
    expect((await gateway.send("POST", "/orders", { headers, body: "{" })).body.code).to.equal(-1135);
    await cancelAll(alice);
  });
});
