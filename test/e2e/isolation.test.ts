import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { binanceRoutes } from "#services/gateway/rest/binance-routes.ts";
import type { RestDependencies } from "#services/gateway/rest/dependencies.ts";
import { reconciliationCases } from "./isolation-reconciliations.ts";
import { MOVE, OPERATOR, OPERATOR_LOOKS, PUBLIC } from "./isolation-routes.ts";
import {
  type IsolationStage,
  LIMIT,
  OCO,
  OLD_OCO,
  OTO,
  OTOCO,
  setIsolationStage,
} from "./isolation-stage.ts";
import { withdrawalCases } from "./isolation-withdrawals.ts";
import { type Answer, OPERATOR_TOKEN, type Parameters, sign } from "./rest-gateway.ts";

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
const JSON_BODY = { "Content-Type": "application/json" };

describe("one account and another's, on every route", () => {
  let stage: IsolationStage;

  before(async () => {
    stage = await setIsolationStage();
  });
  after(() => stage.gateway.stop());

  const refused = ({ status, body }: Answer, httpStatus: number, code: number) =>
    expect({ status, code: body.code }).to.deep.equal({ status: httpStatus, code });

  const PRIVATE: Readonly<Record<string, () => Promise<unknown>>> = {
    "GET /api/v3/account": async () => {
      const { balances, uid } = await stage.ofBob("/api/v3/account");
      expect(uid).to.equal(stage.bob.account);
      expect(balances).to.deep.include({ asset: "USDT", free: "500.00000000", locked: "0.00000000" });
    },
    "GET /api/v3/account/commission": async () =>
      stage.expectNothingOfAlice(await stage.ofBob("/api/v3/account/commission", { symbol: "BTCUSDT" })),
    "GET /sapi/v1/asset/tradeFee": async () =>
      stage.expectNothingOfAlice(await stage.ofBob("/sapi/v1/asset/tradeFee")),
    "GET /sapi/v1/capital/config/getall": async () =>
      expect(await stage.ofBob("/sapi/v1/capital/config/getall")).to.deep.equal([]),
    "GET /sapi/v1/margin/allPairs": async () =>
      expect(await stage.ofBob("/sapi/v1/margin/allPairs")).to.deep.equal([]),
    "GET /sapi/v1/margin/isolated/allPairs": async () =>
      expect(await stage.ofBob("/sapi/v1/margin/isolated/allPairs")).to.deep.equal([]),
    "GET /api/v3/rateLimit/order": async () => {
      const counts = await stage.ofBob("/api/v3/rateLimit/order");
      const { body: own } = await stage.gateway.signed(stage.alice, "GET", "/api/v3/rateLimit/order", {});
      expect(own.map(({ count }: { count: number }) => count)).to.deep.equal([6, 6]);
      expect(counts.every(({ count }: { count: number }) => count < 2)).to.equal(true);
    },
    "GET /api/v3/order": async () => {
      for (const name of stage.alicesNames()) {
        refused(await stage.asBob("GET", "/api/v3/order", { symbol: "BTCUSDT", ...name }), 400, -2013);
      }
    },
    "GET /meridian/v1/order": async () => {
      for (const name of stage.alicesNames()) {
        refused(await stage.asBob("GET", "/meridian/v1/order", { symbol: "BTCUSDT", ...name }), 400, -2013);
      }
    },
    "GET /api/v3/openOrders": async () => {
      expect(await stage.ofBob("/api/v3/openOrders")).to.deep.equal([]);
      expect(await stage.ofBob("/api/v3/openOrders", { symbol: "BTCUSDT" })).to.deep.equal([]);
    },
    "GET /api/v3/allOrders": async () => {
      for (const from of [{}, { orderId: stage.open.orderId }, { startTime: 0 }, { orderId: 0 }]) {
        expect(await stage.ofBob("/api/v3/allOrders", { symbol: "BTCUSDT", ...from })).to.deep.equal([]);
      }
    },
    "GET /api/v3/myTrades": async () => {
      for (const from of [
        {},
        { orderId: stage.filled.orderId },
        { fromId: stage.tradeId },
        { fromId: 0 },
        { startTime: 0 },
      ]) {
        expect(await stage.ofBob("/api/v3/myTrades", { symbol: "BTCUSDT", ...from })).to.deep.equal([]);
      }
    },
    "POST /api/v3/order": async () => {
      // The same client order id is another order here, and neither sees the other's.
      const { body } = await stage.asBob("POST", "/api/v3/order", {
        ...LIMIT,
        newClientOrderId: "alices-open",
      });
      expect(body.orderId).to.be.a("number").and.not.equal(stage.open.orderId);
      const named = { symbol: "BTCUSDT", origClientOrderId: "alices-open" };
      expect(await stage.ofBob("/api/v3/order", named)).to.include({ orderId: body.orderId });
      expect((await stage.asBob("DELETE", "/api/v3/order", named)).body).to.include({
        orderId: body.orderId,
      });
      // Nor is her idempotency key his.
      const key = { "Idempotency-Key": "shared-key" };
      const hers = await stage.gateway.signed(
        stage.alice,
        "POST",
        "/api/v3/order",
        { ...LIMIT, price: "10000" },
        key,
      );
      const his = await stage.gateway.signed(stage.bob, "POST", "/api/v3/order", LIMIT, key);
      expect(his.body.orderId).to.be.a("number").and.not.equal(hers.body.orderId);
      await stage.gateway.signed(stage.alice, "DELETE", "/api/v3/order", {
        symbol: "BTCUSDT",
        orderId: hers.body.orderId,
      });
      await stage.asBob("DELETE", "/api/v3/openOrders", { symbol: "BTCUSDT" });
      // Her funds do not pay for his orders.
      refused(await stage.asBob("POST", "/api/v3/order", { ...LIMIT, quantity: "1" }), 400, -2010);
    },
    "POST /api/v3/order/test": async () => {
      expect((await stage.asBob("POST", "/api/v3/order/test", LIMIT)).body).to.deep.equal({});
      expect(await stage.ofBob("/api/v3/openOrders")).to.deep.equal([]);
    },
    "DELETE /api/v3/order": async () => {
      for (const name of stage.alicesNames()) {
        refused(await stage.asBob("DELETE", "/api/v3/order", { symbol: "BTCUSDT", ...name }), 400, -2011);
      }
    },
    "DELETE /api/v3/openOrders": async () =>
      refused(await stage.asBob("DELETE", "/api/v3/openOrders", { symbol: "BTCUSDT" }), 400, -2011),
    "PUT /api/v3/order/amend/keepPriority": async () => {
      for (const name of stage.alicesNames()) {
        const parameters = { symbol: "BTCUSDT", ...name, newQty: "0.005" };
        refused(await stage.asBob("PUT", "/api/v3/order/amend/keepPriority", parameters), 400, -2011);
      }
    },
    "POST /api/v3/order/cancelReplace": async () => {
      for (const name of [
        { cancelOrderId: stage.open.orderId },
        { cancelOrigClientOrderId: "alices-open" },
      ]) {
        const stop = { ...LIMIT, ...name, cancelReplaceMode: "STOP_ON_FAILURE" };
        const { status, body } = await stage.asBob("POST", "/api/v3/order/cancelReplace", stop);
        expect({ status, code: body.code }).to.deep.equal({ status: 400, code: -2022 });
        expect(body.data).to.deep.equal({
          cancelResult: "FAILURE",
          newOrderResult: "NOT_ATTEMPTED",
          cancelResponse: { code: -2011, msg: "Unknown order sent." },
          newOrderResponse: null,
        });
        const either = { ...stop, cancelReplaceMode: "ALLOW_FAILURE" };
        refused(await stage.asBob("POST", "/api/v3/order/cancelReplace", either), 409, -2021);
        await stage.asBob("DELETE", "/api/v3/openOrders", { symbol: "BTCUSDT" });
      }
    },
    "POST /api/v3/orderList/oco": () => attackWithList("/api/v3/orderList/oco", OCO, "aboveClientOrderId"),
    "POST /api/v3/orderList/oto": () => attackWithList("/api/v3/orderList/oto", OTO, "workingClientOrderId"),
    "POST /api/v3/orderList/otoco": () =>
      attackWithList("/api/v3/orderList/otoco", OTOCO, "workingClientOrderId"),
    "POST /api/v3/order/oco": () => attackWithList("/api/v3/order/oco", OLD_OCO, "limitClientOrderId"),
    "DELETE /api/v3/orderList": async () => {
      for (const name of [{ orderListId: stage.list.orderListId }, { listClientOrderId: "alices-list" }]) {
        refused(await stage.asBob("DELETE", "/api/v3/orderList", { symbol: "ETHUSDT", ...name }), 400, -2011);
      }
    },
    "GET /api/v3/orderList": async () => {
      for (const name of [{ orderListId: stage.list.orderListId }, { origClientOrderId: "alices-list" }]) {
        refused(await stage.asBob("GET", "/api/v3/orderList", name), 400, -2013);
      }
    },
    "GET /api/v3/allOrderList": async () => {
      for (const from of [{}, { fromId: 0 }, { fromId: stage.list.orderListId }, { startTime: 0 }]) {
        stage.expectNothingOfAlice(await stage.ofBob("/api/v3/allOrderList", from));
      }
    },
    "GET /api/v3/openOrderList": async () =>
      expect(await stage.ofBob("/api/v3/openOrderList")).to.deep.equal([]),
    "GET /api/v3/myPreventedMatches": async () => {
      const { body: hers } = await stage.gateway.signed(stage.alice, "GET", "/api/v3/myPreventedMatches", {
        symbol: "SOLUSDT",
        orderId: stage.metId,
      });
      expect(hers).to.have.length(1);
      const { preventedMatchId } = hers[0];
      for (const name of [{ preventedMatchId }, { orderId: stage.metId }]) {
        const parameters = { symbol: "SOLUSDT", ...name };
        expect(await stage.ofBob("/api/v3/myPreventedMatches", parameters)).to.deep.equal([]);
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
        stage.gateway.send("POST", "/orders", {
          headers: { ...JSON_BODY, Authorization: `Bearer ${stage.bob.token}` },
          body: JSON.stringify(body),
        });
      refused(await send(order), 403, -9021);
      const own = await send({ ...order, orderId: "alices-filled", userID: "bob-isolated" });
      expect(own.body.meridianOrderId).to.be.a("number").and.not.equal(stage.filled.orderId);
      await stage.asBob("DELETE", "/api/v3/openOrders", { symbol: "BTCUSDT" });
    },
    "GET /meridian/v1/session": async () => {
      const { body } = await withSession("GET", "/meridian/v1/session");
      expect(body).to.deep.equal({ user: "bob-isolated", account: stage.bob.account });
    },
    "GET /meridian/v1/api-keys": async () => {
      const { body } = await withSession("GET", "/meridian/v1/api-keys");
      expect(body.apiKeys.map(({ apiKey }: { apiKey: string }) => apiKey)).to.deep.equal([stage.bob.apiKey]);
    },
    "POST /meridian/v1/api-keys": async () => {
      const { body } = await withSession("POST", "/meridian/v1/api-keys", {
        label: "bobs",
        account: stage.alice.account,
      });
      const made = { ...stage.bob, apiKey: body.apiKey, secret: body.secret };
      expect((await stage.gateway.signed(made, "GET", "/api/v3/account", {})).body.uid).to.equal(
        stage.bob.account,
      );
    },
    "DELETE /meridian/v1/api-keys/:apiKey": async () => {
      refused(await withSession("DELETE", `/meridian/v1/api-keys/${stage.alice.apiKey}`), 404, -9014);
      expect((await stage.gateway.signed(stage.alice, "GET", "/api/v3/account", {})).status).to.equal(200);
    },
    "POST /meridian/v1/faucet": async () => {
      const { body } = await withSession("POST", "/meridian/v1/faucet", { account: stage.alice.account });
      expect(body.balances).to.deep.include({ asset: "USDT", free: "100500.00000000", locked: "0.00000000" });
    },
    "GET /meridian/v1/balances": async () => {
      const { shards } = await stage.ofBob("/meridian/v1/balances");
      expect(shards[0].balances.map(({ asset }: { asset: string }) => asset)).to.include("USDT");
      stage.expectNothingOfAlice({ shards });
    },
    "GET /meridian/v1/transfers": async () =>
      expect(await stage.ofBob("/meridian/v1/transfers")).to.deep.equal({ transfers: [] }),
    ...reconciliationCases(() => stage),
    ...withdrawalCases(() => stage),
    "POST /meridian/v1/transfers": async () => {
      // Here all is in one shard: there is nowhere to send hers, nor his.
      const transfer = { asset: "USDT", amount: "1", fromShard: "shard-1", account: stage.alice.account };
      for (const toShard of ["shard-1", "shard-2"]) {
        refused(await withSession("POST", "/meridian/v1/transfers", { ...transfer, toShard }), 400, -9020);
      }
    },
    "POST /meridian/v1/sign-out": async () => {
      const { token } = (
        await post("/meridian/v1/sign-in", { name: stage.bob.name, password: "correct horse battery staple" })
      ).body;
      await post(
        "/meridian/v1/sign-out",
        { everywhere: true, account: stage.alice.account },
        { Authorization: `Bearer ${token}` },
      );
      const { status } = await stage.gateway.send("GET", "/meridian/v1/session", {
        headers: { Authorization: `Bearer ${stage.alice.token}` },
      });
      expect(status).to.equal(200);
    },
  };

  /** Alice and Bob place a list under the same names: two lists, and by a name that both have each reaches their own. */
  const attackWithList = async (path: string, sent: Parameters, member: string) => {
    const name = path.replaceAll("/", "-");
    const named = { ...sent, listClientOrderId: `${name}-list`, [member]: `${name}-member` };
    const { body: hers } = await stage.gateway.signed(stage.alice, "POST", path, named);
    const { body: his } = await stage.asBob("POST", path, named);
    expect(his.orderListId, JSON.stringify(his)).to.be.a("number").and.not.equal(hers.orderListId);
    const by = { origClientOrderId: `${name}-list` };
    expect(await stage.ofBob("/api/v3/orderList", by)).to.deep.include({ orderListId: his.orderListId });
    const cancel = { symbol: "ETHUSDT", listClientOrderId: `${name}-list` };
    for (const [user, own] of [
      [stage.bob, his],
      [stage.alice, hers],
    ] as const) {
      const { body } = await stage.gateway.signed(user, "DELETE", "/api/v3/orderList", cancel);
      expect(body.orderListId).to.equal(own.orderListId);
    }
    // Her funds do not pay for his orders: she has more ETH, and he wants to sell it.
    const dear = Object.entries(sent).map(([key, value]) => [key, /quantity/i.test(key) ? "1.5" : value]);
    refused(await stage.asBob("POST", path, Object.fromEntries(dear)), 400, -2010);
  };

  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    stage.gateway.send("POST", path, { headers: { ...JSON_BODY, ...headers }, body: JSON.stringify(body) });
  const withSession = (method: string, path: string, body?: object) =>
    stage.gateway.send(method, path, {
      headers: { Authorization: `Bearer ${stage.bob.token}`, ...(body === undefined ? {} : JSON_BODY) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it("has a case here for every route that is served, and none for one that is not", () => {
    expect([...Object.keys(PRIVATE), ...OPERATOR, ...OPERATOR_LOOKS, MOVE, ...PUBLIC].sort()).to.deep.equal(
      [...stage.gateway.routes].sort(),
    );
  });

  for (const [route, attack] of Object.entries(PRIVATE)) {
    it(`keeps them apart: ${route}`, async () => {
      await attack();
      await stage.expectAlicesUntouched();
    });
  }

  for (const route of Object.keys(PRIVATE).filter((name) => name !== "POST /meridian/v1/sign-out")) {
    it(`asks who it is: ${route}`, async () => {
      const [method = "", path = ""] = route.split(" ");
      const address = path.replace(":apiKey", stage.alice.apiKey);
      // Her key without her secret, his secret under her key, and nothing at all.
      refused(await stage.gateway.send(method, address, { headers: FORM }), 401, -2014);
      refused(
        await stage.gateway.send(method, address, { headers: { "X-MBX-APIKEY": stage.alice.apiKey } }),
        400,
        -1102,
      );
      const forged = `timestamp=${Date.now()}`;
      const signature = sign(stage.bob.secret, forged);
      refused(
        await stage.gateway.send(method, `${address}?${forged}&signature=${signature}`, {
          headers: { "X-MBX-APIKEY": stage.alice.apiKey },
        }),
        400,
        -1022,
      );
      await stage.expectAlicesUntouched();
    });
  }

  for (const route of OPERATOR) {
    it(`is the operator's alone: ${route}`, async () => {
      const [method = "", path = ""] = route.split(" ");
      const address = path.replace(":symbol", "BTCUSDT");
      const body = JSON.stringify({ state: "HALT" });
      const send = (headers: Record<string, string>) =>
        stage.gateway.send(method, address, { headers: { ...JSON_BODY, ...headers }, body });
      for (const authorization of [
        stage.bob.token,
        stage.alice.token,
        stage.bob.apiKey,
        "",
        OPERATOR_TOKEN.slice(1),
      ]) {
        refused(await send({ Authorization: `Bearer ${authorization}` }), 401, -1002);
      }
      refused(await send({ "X-MBX-APIKEY": stage.bob.apiKey }), 401, -1002);
      refused(await send({ Cookie: `meridian_session=${stage.bob.token}` }), 401, -1002);
      const isTrading = async () =>
        (await stage.gateway.send("GET", "/meridian/v1/markets")).body.markets[0].state === "TRADING";
      expect(await isTrading()).to.equal(true);
      const operator = { Authorization: `Bearer ${OPERATOR_TOKEN}` };
      expect((await send(operator)).body).to.deep.equal({ symbol: "BTCUSDT", state: "HALT" });
      expect(await isTrading()).to.equal(false);
      const opening = JSON.stringify({ state: "TRADING" });
      await stage.gateway.send(method, address, { headers: { ...JSON_BODY, ...operator }, body: opening });
      await stage.expectAlicesUntouched();
    });
  }

  it(`is the operator's alone: ${MOVE}`, async () => {
    const send = (authorization: string) =>
      stage.gateway.send("POST", "/meridian/v1/ownership/shard-1/promote", {
        headers: { ...JSON_BODY, Authorization: `Bearer ${authorization}` },
        body: JSON.stringify({ to: "test" }),
      });
    for (const other of [stage.bob.token, stage.alice.token, stage.bob.apiKey, OPERATOR_TOKEN.slice(1)]) {
      refused(await send(other), 401, -1002);
    }
    expect((await send(OPERATOR_TOKEN)).body).to.include({ shard: "shard-1", owner: "test" });
  });

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
      const { status, body } = await stage.gateway.send(
        method,
        `${path}?${new URLSearchParams(parameters)}`,
        {
          headers: { Authorization: `Bearer ${stage.bob.token}` },
        },
      );
      expect(status).to.equal(method === "GET" ? 200 : 400);
      stage.expectNothingOfAlice(body);
    });
  }
});
