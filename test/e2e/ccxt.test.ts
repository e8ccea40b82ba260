import ccxt from "ccxt";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { startTestGateway, type TestGateway, type TestUser } from "./rest-gateway.ts";

type Client = InstanceType<typeof ccxt.binance>;

/** An unmodified ccxt, pointed at the gateway by its URLs alone. */
function clientOf({ url }: TestGateway, { apiKey, secret }: Pick<TestUser, "apiKey" | "secret">): Client {
  const client = new ccxt.binance({ apiKey, secret, options: { fetchMarkets: { types: ["spot"] } } });
  const hosts = client.urls.api as Record<string, unknown>;
  for (const [name, address] of Object.entries(hosts)) {
    if (typeof address === "string") hosts[name] = address.replace(/^https?:\/\/[^/]+/, url);
  }
  return client;
}

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was refused");
}

function idOf({ id }: { readonly id: string | undefined }): string {
  if (id === undefined) throw new Error("an order without an id");
  return id;
}

describe("ccxt, unmodified, as a client", () => {
  let gateway: TestGateway;
  let alice: Client;
  let bob: Client;

  before(async () => {
    gateway = await startTestGateway();
    alice = clientOf(gateway, await gateway.newUser("alice", { USDT: "100000", BTC: "10", SOL: "100" }));
    bob = clientOf(gateway, await gateway.newUser("bob", { USDT: "100000", BTC: "10", SOL: "100" }));
    await Promise.all([alice.loadMarkets(), bob.loadMarkets()]);
  });
  after(() => gateway.stop());

  it("loads the markets, with limits and precision", () => {
    expect(Object.keys(alice.markets ?? {})).to.have.members([
      "BTC/USDT",
      "ETH/USDT",
      "SOL/USDT",
      "ETH/BTC",
      "AAPL/USD",
    ]);
    const market = alice.market("BTC/USDT");
    expect(market.active).to.equal(true);
    expect(market.spot).to.equal(true);
    expect(market.precision).to.deep.include({ price: 0.01, amount: 0.0001 });
    expect(market.limits.amount).to.deep.include({ min: 0.0001, max: 9000 });
    expect(market.limits.cost).to.deep.include({ min: 5, max: 9_000_000 });
  });

  it("asks time, status and fees", async () => {
    expect(await alice.fetchTime()).to.be.a("number");
    expect((await alice.fetchStatus()).status).to.equal("ok");
    expect((await alice.fetchTradingFee("BTC/USDT")).maker).to.equal(0.001);
    expect(Object.keys(await alice.fetchTradingFees())).to.include("AAPL/USD");
  });

  it("places, fetches and cancels a limit order", async () => {
    const order = await alice.createOrder("BTC/USDT", "limit", "buy", 0.5, 20000);
    expect(order).to.deep.include({ status: "open", price: 20000, amount: 0.5, filled: 0, side: "buy" });
    expect(order.clientOrderId).to.match(/^x-/);
    expect((await alice.fetchOrder(idOf(order), "BTC/USDT")).status).to.equal("open");
    expect((await alice.fetchOpenOrders("BTC/USDT")).map(({ id }) => id)).to.deep.equal([order.id]);
    const canceled = await alice.cancelOrder(idOf(order), "BTC/USDT");
    expect(canceled).to.deep.include({ id: order.id, status: "canceled" });
    expect((await alice.fetchOrder(idOf(order), "BTC/USDT")).status).to.equal("canceled");
    expect(await alice.fetchOpenOrders("BTC/USDT")).to.deep.equal([]);
  });

  it("trades: limit, post-only, market, market by cost; both sides see it", async () => {
    const ask = await alice.createOrder("BTC/USDT", "limit", "sell", 1, 30000, { postOnly: true });
    expect(ask.status).to.equal("open");
    const bought = await bob.createOrder("BTC/USDT", "market", "buy", 0.25);
    expect(bought).to.deep.include({ status: "closed", filled: 0.25, cost: 7500, average: 30000 });
    expect(bought.fee).to.deep.include({ currency: "BTC", cost: 0.00025 });
    const byCost = await bob.createMarketBuyOrderWithCost("BTC/USDT", 3000);
    expect(byCost).to.deep.include({ status: "closed", filled: 0.1, cost: 3000 });
    expect(await alice.fetchOrder(idOf(ask), "BTC/USDT")).to.deep.include({
      status: "open",
      filled: 0.35,
      remaining: 0.65,
    });
    const trades = await alice.fetchMyTrades("BTC/USDT");
    expect(
      trades.map(({ side, takerOrMaker, amount, order }) => ({ side, takerOrMaker, amount, order })),
    ).to.deep.equal([
      { side: "sell", takerOrMaker: "maker", amount: 0.25, order: ask.id },
      { side: "sell", takerOrMaker: "maker", amount: 0.1, order: ask.id },
    ]);
    expect(await bob.fetchOrderTrades(idOf(bought), "BTC/USDT")).to.have.length(1);
    expect((await bob.fetchOrders("BTC/USDT")).map(({ id }) => id)).to.deep.equal([bought.id, byCost.id]);
    expect(await bob.fetchClosedOrders("BTC/USDT")).to.have.length(2);
  });

  it("reads balances exactly", async () => {
    const balance = await bob.fetchBalance();
    expect(balance.BTC).to.deep.include({ free: 10.34965, used: 0, total: 10.34965 });
    expect(balance.USDT).to.deep.include({ free: 89500 });
    expect((await alice.fetchBalance()).BTC).to.deep.include({ used: 0.65 });
  });

  it("reads book, tickers, trades and candles", async () => {
    const book = await alice.fetchOrderBook("BTC/USDT");
    expect(book.asks).to.deep.equal([[30000, 0.65]]);
    expect((await alice.fetchTicker("BTC/USDT")).last).to.equal(30000);
    expect(Object.keys(await alice.fetchTickers())).to.have.length(5);
    expect(Object.keys(await alice.fetchTickers(["BTC/USDT", "ETH/USDT"]))).to.have.length(2);
    expect((await alice.fetchBidsAsks(["BTC/USDT"]))["BTC/USDT"]?.ask).to.equal(30000);
    expect((await alice.fetchLastPrices(["BTC/USDT"]))["BTC/USDT"]?.price).to.equal(30000);
    expect(await alice.fetchTrades("BTC/USDT")).to.have.length(2);
    const raw = await alice.fetchTrades("BTC/USDT", undefined, undefined, {
      fetchTradesMethod: "publicGetTrades",
    });
    expect(raw).to.have.length(2);
    const candles = await alice.fetchOHLCV("BTC/USDT", "1m");
    expect(candles.reduce((sum, candle) => sum + (candle[5] ?? 0), 0)).to.be.closeTo(0.35, 1e-9);
    expect(candles[0]?.[4]).to.equal(30000);
  });

  it("cancels everything at once, and tests an order without placing it", async () => {
    await alice.createOrder("BTC/USDT", "limit", "buy", 0.5, 20000);
    expect(await alice.cancelAllOrders("BTC/USDT")).to.have.length(2);
    await alice.createOrder("BTC/USDT", "limit", "buy", 0.5, 20000, { test: true });
    expect(await alice.fetchOpenOrders("BTC/USDT")).to.deep.equal([]);
    expect(await alice.fetchCanceledOrders("BTC/USDT")).not.to.have.length(0);
  });

  it("places, finds and replaces stops, take-profits, trailing orders, post-only orders and icebergs", async () => {
    const symbol = "SOL/USDT";
    await bob.createOrder(symbol, "limit", "sell", 1, 100);
    await alice.createOrder(symbol, "limit", "buy", 1, 100);
    const found = async (placed: { id: string | undefined }) => {
      const order = await alice.fetchOrder(idOf(placed), symbol);
      return { ...order, ...order.info };
    };
    const stopLimit = await alice.createOrder(symbol, "limit", "sell", 1, 89, { stopLossPrice: 90 });
    expect(await found(stopLimit)).to.deep.include({
      type: "STOP_LOSS_LIMIT",
      status: "NEW",
      stopPrice: "90.00000000",
      price: "89.00000000",
      isWorking: false,
    });
    const stopMarket = await alice.createOrder(symbol, "market", "sell", 1, undefined, { triggerPrice: 80 });
    expect(await found(stopMarket)).to.deep.include({ type: "STOP_LOSS", stopPrice: "80.00000000" });
    const profit = await alice.createOrder(symbol, "limit", "sell", 1, 120, { takeProfitPrice: 119 });
    expect(await found(profit)).to.deep.include({ type: "TAKE_PROFIT_LIMIT", stopPrice: "119.00000000" });
    const trailing = await alice.createOrder(symbol, "market", "sell", 1, undefined, {
      trailingPercent: 5,
      stopLossOrTakeProfit: "stopLoss",
    });
    expect(await found(trailing)).to.deep.include({ type: "STOP_LOSS", trailingDelta: 500 });
    const postOnly = await alice.createOrder(symbol, "limit", "buy", 1, 90, { postOnly: true });
    expect(postOnly.postOnly).to.equal(true);
    const iceberg = await alice.createOrder(symbol, "limit", "sell", 2, 130, { icebergAmount: 0.5 });
    expect(await found(iceberg)).to.deep.include({ icebergQty: "0.50000000", status: "NEW" });
    expect((await alice.fetchOrderBook(symbol)).asks).to.deep.equal([[130, 0.5]]);
    expect(await alice.fetchOpenOrders(symbol)).to.have.length(6);

    const edited = await alice.editOrder(idOf(postOnly), symbol, "limit", "buy", 2, 85);
    expect(edited).to.deep.include({ status: "open", price: 85, amount: 2, side: "buy" });
    expect((await alice.fetchOrder(idOf(postOnly), symbol)).status).to.equal("canceled");
    const stopEdited = await alice.editOrder(idOf(stopLimit), symbol, "STOP_LOSS_LIMIT", "sell", 1, 84, {
      stopPrice: 85,
    });
    expect(await found(stopEdited)).to.deep.include({ stopPrice: "85.00000000", price: "84.00000000" });
    await bob.createOrder(symbol, "limit", "buy", 3, 85);
    await alice.createOrder(symbol, "limit", "sell", 0.5, 85);
    await alice.cancelAllOrders(symbol);
    const triggered = await alice.fetchOrder(idOf(stopEdited), symbol);
    expect(triggered).to.deep.include({ status: "closed", filled: 1 });
    expect(
      await refusalOf(alice.createOrder(symbol, "market", "sell", 1, undefined, { triggerPrice: 90 })),
    ).to.be.instanceOf(ccxt.OrderImmediatelyFillable);
  });

  it("understands every refusal by its own exception", async () => {
    const buy = (amount: number, price: number, parameters = {}) =>
      alice.createOrder("BTC/USDT", "limit", "buy", amount, price, parameters);
    expect(await refusalOf(buy(100, 30000))).to.be.instanceOf(ccxt.InsufficientFunds);
    expect(await refusalOf(alice.cancelOrder("999999", "BTC/USDT"))).to.be.instanceOf(ccxt.OrderNotFound);
    expect(await refusalOf(alice.fetchOrder("999999", "BTC/USDT"))).to.be.instanceOf(ccxt.OrderNotFound);
    expect(await refusalOf(alice.cancelAllOrders("BTC/USDT"))).to.be.instanceOf(ccxt.OrderNotFound);
    await bob.createOrder("BTC/USDT", "limit", "sell", 0.1, 25000);
    expect(await refusalOf(buy(0.1, 25000, { postOnly: true }))).to.be.instanceOf(
      ccxt.OrderImmediatelyFillable,
    );
    await buy(0.1, 20000, { newClientOrderId: "mine" });
    expect(await refusalOf(buy(0.1, 20000, { newClientOrderId: "mine" }))).to.be.instanceOf(
      ccxt.InvalidOrder,
    );
    const stranger = clientOf(gateway, { apiKey: "k".repeat(64), secret: "s" });
    expect(await refusalOf(stranger.fetchBalance())).to.be.instanceOf(ccxt.AuthenticationError);
    const thief = clientOf(gateway, { apiKey: alice.apiKey, secret: "guessed" });
    expect(await refusalOf(thief.fetchBalance())).to.be.instanceOf(ccxt.AuthenticationError);
  });
});
