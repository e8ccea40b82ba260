import ccxt from "ccxt";
import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { eventually } from "#test/support/eventually.ts";
import { openStream, type StreamMessage, type TestStream } from "#test/support/stream-client.ts";
import { timesIn } from "#test/support/times-in.ts";
import { sign, startTestGateway, type TestGateway, type TestUser } from "./rest-gateway.ts";

const REPORT_FIELDS = "e E s c S o f q p P F g C x X r i l z L n N T t I w m M O Z Y Q W V".split(" ");

describe("Binance's WebSocket API", () => {
  let gateway: TestGateway;
  let alice: TestUser;
  let bob: TestUser;
  const streams: TestStream[] = [];

  before(async () => {
    gateway = await startTestGateway();
    alice = await gateway.newUser("alice", { USDT: "1000000", BTC: "10" });
    bob = await gateway.newUser("bob", { USDT: "1000000", BTC: "10" });
  });
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close();
  });
  after(() => gateway?.stop());

  async function open(path = "/ws-api/v3"): Promise<TestStream> {
    const stream = await openStream(gateway.url, path);
    streams.push(stream);
    return stream;
  }
  /** As Binance has it signed: all but the signature, by name. */
  function signed(user: TestUser, parameters: Record<string, string | number> = {}) {
    const all = { ...parameters, apiKey: user.apiKey, timestamp: Date.now(), recvWindow: 30_000 };
    const payload = Object.entries(all)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join("&");
    return { ...all, signature: sign(user.secret, payload) };
  }
  const events = ({ messages }: TestStream): StreamMessage[] => messages.flatMap(({ event }) => event ?? []);
  const limit = (side: string, price: string) => ({
    ...{ symbol: "BTCUSDT", side, type: "LIMIT", timeInForce: "GTC", quantity: "0.01", price },
  });

  it("tells an account of its orders and funds, and nobody of another's", async () => {
    const stream = await open();
    const method = "userDataStream.subscribe.signature";
    const answer = await stream.ask({ id: 1, method, params: signed(alice) });
    expect(answer).to.deep.equal({ id: 1, status: 200, result: { subscriptionId: 0 } });
    const terms = { ...limit("SELL", "50000"), newClientOrderId: "mine" };
    const placed = await gateway.signed(alice, "POST", "/api/v3/order", terms);
    await gateway.signed(bob, "POST", "/api/v3/order", limit("BUY", "50000"));
    const accepted = await stream.hear(({ event }) => event?.e === "executionReport" && event.x === "NEW");
    expect(accepted.subscriptionId).to.equal(0);
    expect(Object.keys(accepted.event)).to.deep.equal(REPORT_FIELDS);
    expect(accepted.event).to.deep.include({
      i: placed.body.orderId,
      c: "mine",
      C: "",
      X: "NEW",
      S: "SELL",
      w: true,
    });
    const fill = (await stream.hear(({ event }) => event?.x === "TRADE")).event;
    expect(fill).to.deep.include({ X: "FILLED", l: "0.01000000", L: "50000.00000000", m: true, N: "USDT" });
    await eventually(() => events(stream).filter(({ e }) => e === "outboundAccountPosition").length === 2);
    const [locked, paid] = events(stream).filter(({ e }) => e === "outboundAccountPosition");
    expect(locked.B).to.deep.equal([{ a: "BTC", f: "9.99000000", l: "0.01000000" }]);
    expect(paid.B.map(({ a }: { a: string }) => a)).to.have.members(["BTC", "USDT"]);
    // Bob took it, and his report is not here.
    expect(events(stream).filter(({ x }) => x === "TRADE")).to.have.length(1);
  });

  it("tells of a cancel under the order's own id, and of what came in", async () => {
    const stream = await open();
    await stream.ask({ id: 1, method: "userDataStream.subscribe.signature", params: signed(bob) });
    const terms = { ...limit("BUY", "40000"), newClientOrderId: "away" };
    const { body } = await gateway.signed(bob, "POST", "/api/v3/order", terms);
    await gateway.signed(bob, "DELETE", "/api/v3/order", { symbol: "BTCUSDT", orderId: body.orderId });
    const { event } = await stream.hear((one) => one.event?.x === "CANCELED");
    expect(event).to.deep.include({ i: body.orderId, C: "away", X: "CANCELED", w: false });
    await gateway.send("POST", "/meridian/v1/faucet", { headers: { Authorization: `Bearer ${bob.token}` } });
    const deposit = (await stream.hear((one) => one.event?.e === "balanceUpdate")).event;
    expect(Object.keys(deposit)).to.deep.equal(["e", "E", "a", "d", "T"]);
  });

  it("answers and tells in microseconds where the address asks for them", async () => {
    const stream = await open("/ws-api/v3?timeUnit=MICROSECOND");
    await stream.ask({ id: 1, method: "userDataStream.subscribe.signature", params: signed(alice) });
    const params = signed(alice, { ...limit("SELL", "60000"), newClientOrderId: "fine" });
    const { result } = await stream.ask({ id: 2, method: "order.place", params });
    const { event } = await stream.hear((one) => one.event?.c === "fine");
    for (const told of [result, event]) {
      expect(timesIn(told, "ms")).to.deep.equal([]);
      expect(timesIn(told, "us").length).to.be.greaterThan(1);
    }
    expect(event.T).to.equal(result.transactTime);
    const { result: time } = await stream.ask({ id: 3, method: "time" });
    expect(timesIn(time, "us")).to.have.length(1);
    await stream.ask({ id: 4, method: "openOrders.cancelAll", params: signed(alice, { symbol: "BTCUSDT" }) });
  });

  it("takes orders signed, or of a session, and refuses them as REST does", async () => {
    const stream = await open();
    const buy = limit("BUY", "40000");
    const placed = await stream.ask({ id: "1", method: "order.place", params: signed(bob, buy) });
    expect(placed.status, JSON.stringify(placed)).to.equal(200);
    expect(placed.result).to.deep.include({ symbol: "BTCUSDT", status: "NEW" });
    const unknown = await stream.ask({ id: "2", method: "order.place", params: buy });
    expect(unknown).to.deep.include({ status: 401 });
    expect(unknown.error.code).to.equal(-1002);
    const logon = await stream.ask({ id: "3", method: "session.logon", params: signed(bob) });
    expect(logon.result.apiKey).to.equal(bob.apiKey);
    const cancel = { symbol: "BTCUSDT", orderId: placed.result.orderId };
    const canceled = await stream.ask({ id: "4", method: "order.cancel", params: cancel });
    expect(canceled.result).to.deep.include({ orderId: placed.result.orderId, status: "CANCELED" });
    expect((await stream.ask({ id: "5", method: "order.cancel", params: cancel })).error.code).to.equal(
      -2011,
    );
    await stream.ask({ id: "6", method: "session.logout" });
    expect((await stream.ask({ id: "7", method: "order.cancel", params: cancel })).error.code).to.equal(
      -1002,
    );
  });

  it("refuses what is signed wrongly, too old, not known or none of its methods", async () => {
    const stream = await open();
    const method = "userDataStream.subscribe.signature";
    const right = signed(alice);
    const refusals: [params: object, code: number][] = [
      [{ ...right, signature: "0".repeat(64) }, -1022],
      [{ ...right, timestamp: right.timestamp + 1 }, -1022],
      [{ timestamp: right.timestamp, signature: right.signature }, -1102],
      [{ apiKey: right.apiKey, timestamp: right.timestamp }, -1102],
    ];
    for (const [at, [params, code]] of refusals.entries())
      expect((await stream.ask({ id: at, method, params })).error.code, String(at)).to.equal(code);
    expect((await stream.ask({ id: 10, method: "depth.magic" })).error.code).to.equal(-1020);
    expect((await stream.ask({ id: 11, method: "userDataStream.subscribe" })).error.code).to.equal(-1002);
    expect((await stream.ask({ id: 12, method: "userDataStream.unsubscribe" })).error.code).to.equal(-2036);
    expect(await stream.ask({ id: 13, method: "ping" })).to.deep.equal({ id: 13, status: 200, result: {} });
    stream.send("[");
    expect((await stream.hear(({ id }) => id === null)).status).to.equal(400);
  });

  it("follows several accounts, each once, and each as long as its key is good", async () => {
    const stream = await open();
    const key = await gateway.newKey(alice, true);
    const method = "userDataStream.subscribe.signature";
    await stream.ask({ id: 1, method, params: signed(key) });
    expect((await stream.ask({ id: 2, method, params: signed(alice) })).error.code).to.equal(-2035);
    expect((await stream.ask({ id: 3, method, params: signed(bob) })).result).to.deep.equal({
      subscriptionId: 1,
    });
    await gateway.send("DELETE", `/meridian/v1/api-keys/${key.apiKey}`, {
      headers: { Authorization: `Bearer ${alice.token}` },
    });
    const ended = await stream.hear(({ event }) => event?.e === "eventStreamTerminated");
    expect(ended.subscriptionId).to.equal(0);
    const { result } = await stream.ask({ id: 4, method: "session.subscriptions" });
    expect(result).to.deep.equal([{ subscriptionId: 1 }]);
    await stream.ask({ id: 5, method: "userDataStream.unsubscribe", params: { subscriptionId: 1 } });
    expect((await stream.ask({ id: 6, method: "session.subscriptions" })).result).to.deep.equal([]);
  });
});

describe("ccxt pro, unmodified, as a client of the streams", () => {
  let gateway: TestGateway;
  let client: InstanceType<typeof ccxt.pro.binance>;
  let maker: TestUser;

  before(async () => {
    gateway = await startTestGateway();
    maker = await gateway.newUser("maker", { USDT: "1000000", BTC: "10" });
    const { apiKey, secret } = await gateway.newUser("taker", { USDT: "1000000", BTC: "10" });
    const ws = gateway.url.replace(/^http/, "ws");
    client = new ccxt.pro.binance({
      ...{ apiKey, secret, sandbox: true, options: { fetchMarkets: { types: ["spot"] } } },
      urls: {
        test: {
          ...{
            public: `${gateway.url}/api/v3`,
            private: `${gateway.url}/api/v3`,
            v1: `${gateway.url}/api/v1`,
          },
          ws: { spot: `${ws}/ws`, "ws-api": { spot: `${ws}/ws-api/v3` } },
        },
      },
    });
    await client.loadHttpProxyAgent();
    await client.loadMarkets();
  });
  after(async () => {
    await client?.close();
    await gateway?.stop();
  });

  it("watches trades, the book, its own orders and its balance, and trades over the socket", async () => {
    const ask = { symbol: "BTCUSDT", side: "SELL", type: "LIMIT", timeInForce: "GTC", quantity: "0.02" };
    const watchedBook = client.watchOrderBook("BTC/USDT");
    const watchedTrades = client.watchTrades("BTC/USDT");
    const watchedOrders = client.watchOrders("BTC/USDT");
    const watchedBalance = client.watchBalance();
    await gateway.signed(maker, "POST", "/api/v3/order", { ...ask, price: "50000" });
    expect((await watchedBook).asks[0]?.slice(0, 2)).to.deep.equal([50_000, 0.02]);
    const order = await client.createOrderWs("BTC/USDT", "limit", "buy", 0.01, 50_000);
    expect(order.status).to.equal("closed");
    const [trade] = await watchedTrades;
    expect(trade).to.deep.include({ symbol: "BTC/USDT", price: 50_000, amount: 0.01 });
    const [own] = await watchedOrders;
    expect(own).to.deep.include({ id: order.id, symbol: "BTC/USDT" });
    await watchedBalance;
    await eventually(() => Number(client.balance.spot?.BTC?.total ?? 0) > 10);
  });
});
