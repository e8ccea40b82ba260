import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { binanceRoutes } from "#services/gateway/rest/binance-routes.ts";
import type { RestDependencies } from "#services/gateway/rest/dependencies.ts";
import {
  type Answer,
  type Parameters,
  sign,
  startTestGateway,
  type TestGateway,
  type TestUser,
} from "./rest-gateway.ts";

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
const JSON_BODY = { "Content-Type": "application/json" };
const LIMIT = {
  symbol: "BTCUSDT",
  side: "BUY",
  type: "LIMIT",
  timeInForce: "GTC",
  quantity: "0.01",
  price: "20000",
};

/** Alice has an open order, a filled one, a trade, a key and odd balances; Bob, who has nothing of it, tries every route. */
describe("one account and another's, on every route", () => {
  let gateway: TestGateway;
  let alice: TestUser;
  let bob: TestUser;
  /** Alice's open order, her filled one, and her trade. */
  let open: { orderId: number; clientOrderId: string };
  let filled: { orderId: number; clientOrderId: string };
  let tradeId: number;

  before(async () => {
    gateway = await startTestGateway();
    alice = await gateway.newUser("alice-isolated", { USDT: "77777.77", BTC: "3.33333333" });
    bob = await gateway.newUser("bob-isolated", { USDT: "500", BTC: "0.5" });
    const carol = await gateway.newUser("carol-isolated", { USDT: "5000" });
    const place = async (user: TestUser, order: Parameters) =>
      (await gateway.signed(user, "POST", "/api/v3/order", order)).body;
    open = await place(alice, { ...LIMIT, newClientOrderId: "alices-open" });
    filled = await place(alice, {
      ...LIMIT,
      side: "SELL",
      price: "30000",
      newClientOrderId: "alices-filled",
    });
    await place(carol, { ...LIMIT, price: "30000", newClientOrderId: "carols" });
    const trades = await gateway.signed(alice, "GET", "/api/v3/myTrades", { symbol: "BTCUSDT" });
    tradeId = trades.body[0].id;
  });
  after(() => gateway.stop());

  const asBob = (method: string, path: string, parameters: Parameters = {}) =>
    gateway.signed(bob, method, path, parameters);
  const ofBob = async (path: string, parameters: Parameters = {}) =>
    (await asBob("GET", path, parameters)).body;
  /** Alice's keys, orders and balances are as they were. */
  const expectAlicesUntouched = async () => {
    const { body: orders } = await gateway.signed(alice, "GET", "/api/v3/openOrders", {});
    expect(orders).to.have.length(1);
    expect(orders[0]).to.include({
      orderId: open.orderId,
      clientOrderId: "alices-open",
      origQty: "0.01000000",
    });
    const { body: account } = await gateway.signed(alice, "GET", "/api/v3/account", {});
    expect(account.balances).to.deep.include({ asset: "BTC", free: "3.32333333", locked: "0.00000000" });
    expect(account.balances).to.deep.include({
      asset: "USDT",
      free: "77877.47000000",
      locked: "200.00000000",
    });
  };
  const refused = ({ status, body }: Answer, httpStatus: number, code: number) =>
    expect({ status, code: body.code }).to.deep.equal({ status: httpStatus, code });
  /** What tells of Alice wherever it stands in an answer. */
  const expectNothingOfAlice = (answer: unknown) => {
    const text = JSON.stringify(answer);
    for (const mark of [
      "alice",
      `"orderId":${open.orderId},`,
      `"orderId":${filled.orderId},`,
      alice.apiKey,
      alice.secret,
      alice.token,
      "77777",
      "77877",
      "3.33333333",
      "3.32333333",
    ]) {
      expect(text).not.to.contain(mark);
    }
  };
  const alicesNames = () => [
    { orderId: open.orderId },
    { origClientOrderId: "alices-open" },
    { orderId: open.orderId, origClientOrderId: "alices-open" },
    { orderId: filled.orderId },
  ];

  const PRIVATE: Readonly<Record<string, () => Promise<unknown>>> = {
    "GET /api/v3/account": async () => {
      const { balances, uid } = await ofBob("/api/v3/account");
      expect(uid).to.equal(bob.account);
      expect(balances).to.deep.include({ asset: "USDT", free: "500.00000000", locked: "0.00000000" });
    },
    "GET /api/v3/account/commission": async () =>
      expectNothingOfAlice(await ofBob("/api/v3/account/commission", { symbol: "BTCUSDT" })),
    "GET /sapi/v1/asset/tradeFee": async () => expectNothingOfAlice(await ofBob("/sapi/v1/asset/tradeFee")),
    "GET /sapi/v1/capital/config/getall": async () =>
      expect(await ofBob("/sapi/v1/capital/config/getall")).to.deep.equal([]),
    "GET /sapi/v1/margin/allPairs": async () =>
      expect(await ofBob("/sapi/v1/margin/allPairs")).to.deep.equal([]),
    "GET /sapi/v1/margin/isolated/allPairs": async () =>
      expect(await ofBob("/sapi/v1/margin/isolated/allPairs")).to.deep.equal([]),
    "GET /api/v3/rateLimit/order": async () => {
      const counts = await ofBob("/api/v3/rateLimit/order");
      const { body: own } = await gateway.signed(alice, "GET", "/api/v3/rateLimit/order", {});
      expect(own.map(({ count }: { count: number }) => count)).to.deep.equal([2, 2]);
      expect(counts.every(({ count }: { count: number }) => count < 2)).to.equal(true);
    },
    "GET /api/v3/order": async () => {
      for (const name of alicesNames()) {
        refused(await asBob("GET", "/api/v3/order", { symbol: "BTCUSDT", ...name }), 400, -2013);
      }
    },
    "GET /api/v3/openOrders": async () => {
      expect(await ofBob("/api/v3/openOrders")).to.deep.equal([]);
      expect(await ofBob("/api/v3/openOrders", { symbol: "BTCUSDT" })).to.deep.equal([]);
    },
    "GET /api/v3/allOrders": async () => {
      for (const from of [{}, { orderId: open.orderId }, { startTime: 0 }, { orderId: 0 }]) {
        expect(await ofBob("/api/v3/allOrders", { symbol: "BTCUSDT", ...from })).to.deep.equal([]);
      }
    },
    "GET /api/v3/myTrades": async () => {
      for (const from of [
        {},
        { orderId: filled.orderId },
        { fromId: tradeId },
        { fromId: 0 },
        { startTime: 0 },
      ]) {
        expect(await ofBob("/api/v3/myTrades", { symbol: "BTCUSDT", ...from })).to.deep.equal([]);
      }
    },
    "POST /api/v3/order": async () => {
      // The same client order id is another order here, and neither sees the other's.
      const { body } = await asBob("POST", "/api/v3/order", { ...LIMIT, newClientOrderId: "alices-open" });
      expect(body.orderId).to.be.a("number").and.not.equal(open.orderId);
      const named = { symbol: "BTCUSDT", origClientOrderId: "alices-open" };
      expect(await ofBob("/api/v3/order", named)).to.include({ orderId: body.orderId });
      expect((await asBob("DELETE", "/api/v3/order", named)).body).to.include({ orderId: body.orderId });
      // Nor is her idempotency key his.
      const key = { "Idempotency-Key": "shared-key" };
      const hers = await gateway.signed(alice, "POST", "/api/v3/order", { ...LIMIT, price: "10000" }, key);
      const his = await gateway.signed(bob, "POST", "/api/v3/order", LIMIT, key);
      expect(his.body.orderId).to.be.a("number").and.not.equal(hers.body.orderId);
      await gateway.signed(alice, "DELETE", "/api/v3/order", {
        symbol: "BTCUSDT",
        orderId: hers.body.orderId,
      });
      await asBob("DELETE", "/api/v3/openOrders", { symbol: "BTCUSDT" });
      // Her funds do not pay for his orders.
      refused(await asBob("POST", "/api/v3/order", { ...LIMIT, quantity: "1" }), 400, -2010);
    },
    "POST /api/v3/order/test": async () => {
      expect((await asBob("POST", "/api/v3/order/test", LIMIT)).body).to.deep.equal({});
      expect(await ofBob("/api/v3/openOrders")).to.deep.equal([]);
    },
    "DELETE /api/v3/order": async () => {
      for (const name of alicesNames()) {
        refused(await asBob("DELETE", "/api/v3/order", { symbol: "BTCUSDT", ...name }), 400, -2011);
      }
    },
    "DELETE /api/v3/openOrders": async () =>
      refused(await asBob("DELETE", "/api/v3/openOrders", { symbol: "BTCUSDT" }), 400, -2011),
    "PUT /api/v3/order/amend/keepPriority": async () => {
      for (const name of alicesNames()) {
        const parameters = { symbol: "BTCUSDT", ...name, newQty: "0.005" };
        refused(await asBob("PUT", "/api/v3/order/amend/keepPriority", parameters), 400, -2011);
      }
    },
    "POST /orders": async () => {
      const order = {
        orderId: "alices-open",
        type: "BUY",
        userID: "alice-isolated",
        coinID: "BTC",
        quantity: 0.01,
        price: 20000,
      };
      const send = (body: object) =>
        gateway.send("POST", "/orders", {
          headers: { ...JSON_BODY, Authorization: `Bearer ${bob.token}` },
          body: JSON.stringify(body),
        });
      refused(await send(order), 403, -9021);
      const own = await send({ ...order, orderId: "alices-filled", userID: "bob-isolated" });
      expect(own.body.meridianOrderId).to.be.a("number").and.not.equal(filled.orderId);
      await asBob("DELETE", "/api/v3/openOrders", { symbol: "BTCUSDT" });
    },
    "GET /meridian/v1/session": async () => {
      const { body } = await withSession("GET", "/meridian/v1/session");
      expect(body).to.deep.equal({ user: "bob-isolated", account: bob.account });
    },
    "GET /meridian/v1/api-keys": async () => {
      const { body } = await withSession("GET", "/meridian/v1/api-keys");
      expect(body.apiKeys.map(({ apiKey }: { apiKey: string }) => apiKey)).to.deep.equal([bob.apiKey]);
    },
    "POST /meridian/v1/api-keys": async () => {
      const { body } = await withSession("POST", "/meridian/v1/api-keys", {
        label: "bobs",
        account: alice.account,
      });
      const made = { ...bob, apiKey: body.apiKey, secret: body.secret };
      expect((await gateway.signed(made, "GET", "/api/v3/account", {})).body.uid).to.equal(bob.account);
    },
    "DELETE /meridian/v1/api-keys/:apiKey": async () => {
      refused(await withSession("DELETE", `/meridian/v1/api-keys/${alice.apiKey}`), 404, -9014);
      expect((await gateway.signed(alice, "GET", "/api/v3/account", {})).status).to.equal(200);
    },
    "POST /meridian/v1/faucet": async () => {
      const { body } = await withSession("POST", "/meridian/v1/faucet", { account: alice.account });
      expect(body.balances).to.deep.include({ asset: "USDT", free: "100500.00000000", locked: "0.00000000" });
    },
    "POST /meridian/v1/sign-out": async () => {
      const { token } = (
        await post("/meridian/v1/sign-in", { name: bob.name, password: "correct horse battery staple" })
      ).body;
      await post(
        "/meridian/v1/sign-out",
        { everywhere: true, account: alice.account },
        { Authorization: `Bearer ${token}` },
      );
      const { status } = await gateway.send("GET", "/meridian/v1/session", {
        headers: { Authorization: `Bearer ${alice.token}` },
      });
      expect(status).to.equal(200);
    },
  };

  /** Nobody's and everybody's: what they answer must not tell of an account. */
  const PUBLIC: readonly string[] = [
    "GET /api/v3/aggTrades",
    "GET /api/v3/avgPrice",
    "GET /api/v3/depth",
    "GET /api/v3/exchangeInfo",
    "GET /api/v3/historicalTrades",
    "GET /api/v3/klines",
    "GET /api/v3/ping",
    "GET /api/v3/ticker/24hr",
    "GET /api/v3/ticker/bookTicker",
    "GET /api/v3/ticker/price",
    "GET /api/v3/time",
    "GET /api/v3/trades",
    "GET /api/v3/uiKlines",
    "GET /dapi/v1/exchangeInfo",
    "GET /docs",
    "GET /docs/style.css",
    "GET /fapi/v1/exchangeInfo",
    "GET /healthz",
    "GET /meridian/v1/markets",
    "GET /openapi.json",
    "GET /readyz",
    "GET /sapi/v1/system/status",
    "POST /meridian/v1/sign-in",
    "POST /meridian/v1/sign-up",
  ];

  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    gateway.send("POST", path, { headers: { ...JSON_BODY, ...headers }, body: JSON.stringify(body) });
  const withSession = (method: string, path: string, body?: object) =>
    gateway.send(method, path, {
      headers: { Authorization: `Bearer ${bob.token}`, ...(body === undefined ? {} : JSON_BODY) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it("has a case here for every route that is served, and none for one that is not", () => {
    expect([...Object.keys(PRIVATE), ...PUBLIC].sort()).to.deep.equal([...gateway.routes].sort());
  });

  for (const [route, attack] of Object.entries(PRIVATE)) {
    it(`keeps them apart: ${route}`, async () => {
      await attack();
      await expectAlicesUntouched();
    });
  }

  for (const route of Object.keys(PRIVATE).filter((name) => name !== "POST /meridian/v1/sign-out")) {
    it(`asks who it is: ${route}`, async () => {
      const [method = "", path = ""] = route.split(" ");
      const address = path.replace(":apiKey", alice.apiKey);
      // Her key without her secret, his secret under her key, and nothing at all.
      refused(await gateway.send(method, address, { headers: FORM }), 401, -2014);
      refused(await gateway.send(method, address, { headers: { "X-MBX-APIKEY": alice.apiKey } }), 400, -1102);
      const forged = `timestamp=${Date.now()}`;
      const signature = sign(bob.secret, forged);
      refused(
        await gateway.send(method, `${address}?${forged}&signature=${signature}`, {
          headers: { "X-MBX-APIKEY": alice.apiKey },
        }),
        400,
        -1022,
      );
      await expectAlicesUntouched();
    });
  }

  const documented = binanceRoutes({} as RestDependencies);
  for (const route of PUBLIC) {
    it(`tells of nobody: ${route}`, async () => {
      const [method = "", path = ""] = route.split(" ");
      const definition = documented.find((one) => `${one.method.toUpperCase()} ${one.path}` === route);
      if (path.startsWith("/api/")) expect(definition?.security, "documented as public").to.equal("none");
      const needed = { symbol: "BTCUSDT", interval: "1m" };
      const parameters = Object.entries(needed).filter(
        ([name]) => name in (definition?.parameters.shape ?? {}),
      );
      const { status, body } = await gateway.send(method, `${path}?${new URLSearchParams(parameters)}`, {
        headers: { Authorization: `Bearer ${bob.token}` },
      });
      expect(status).to.equal(method === "GET" ? 200 : 400);
      expectNothingOfAlice(body);
    });
  }
});
