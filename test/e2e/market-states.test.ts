import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import type { MarketStatusMessage, TickerMessage } from "#shared/protocol/socket.ts";
import { eventually } from "#test/support/eventually.ts";
import { type OrderPlatform, type OrderTrader, startOrderPlatform } from "./order-platform.ts";

const SYMBOL = "BTCUSDT";

describe("a market's state", () => {
  let platform: OrderPlatform;
  let alice: OrderTrader;
  let bob: OrderTrader;

  before(async () => {
    platform = await startOrderPlatform();
    alice = await platform.newTrader("alice");
    bob = await platform.newTrader("bob");
  });
  after(() => platform.stop());

  const limit = async (trader: OrderTrader, side: string, price: number, quantity: string) => {
    const terms = { symbol: SYMBOL, type: "LIMIT", timeInForce: "GTC", side, price, quantity };
    const { status, body } = await trader.rest("POST", "/api/v3/order", terms);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  };
  const market = async () => {
    const { markets } = (await platform.markets()).body;
    return markets.find(({ symbol }: { symbol: string }) => symbol === SYMBOL);
  };
  const statusInInfo = async () =>
    (await alice.rest("GET", "/api/v3/exchangeInfo", { symbol: SYMBOL })).body.symbols[0].status;

  it("is changed by an operator alone, and told to all who ask", async () => {
    const refused = await platform.setMarketState(SYMBOL, "HALT", "guessed");
    expect(refused.body).to.deep.include({ code: -1002 });
    expect(refused.status).to.equal(401);
    expect((await platform.setMarketState("NOPE", "HALT")).body.code).to.equal(-1121);
    expect((await platform.setMarketState(SYMBOL, "CLOSED")).body).to.deep.include({
      code: -9020,
      field: "state",
    });
    expect(await statusInInfo()).to.equal("TRADING");
    const socket = await alice.socket();
    const told: MarketStatusMessage[] = [];
    const tickers: TickerMessage[] = [];
    socket.on("marketStatus", (message) => told.push(message));
    socket.on("ticker", (message) => tickers.push(message));
    await new Promise<void>((resolve) =>
      socket.emit("subscribe", { symbol: SYMBOL, channels: ["ticker"] }, () => resolve()),
    );
    for (const state of ["HALT", "CANCEL_ONLY", "BREAK", "TRADING"]) {
      expect((await platform.setMarketState(SYMBOL, state)).body).to.deep.equal({ symbol: SYMBOL, state });
      expect(await statusInInfo()).to.equal(state);
      expect((await market()).state).to.equal(state);
      await eventually(() => told.at(-1)?.status === state);
      if (state === "HALT") await eventually(() => tickers.at(-1)?.status === state);
    }
    expect(told.map(({ symbol, auction }) => ({ symbol, auction }))).to.deep.equal(
      Array.from({ length: 4 }, () => ({ symbol: SYMBOL, auction: null })),
    );
    const refusedOrder = async (state: string) => {
      await platform.setMarketState(SYMBOL, state);
      const terms = { symbol: SYMBOL, side: "BUY", type: "MARKET", quantity: "0.01" };
      const { status, body } = await alice.rest("POST", "/api/v3/order", terms);
      await platform.setMarketState(SYMBOL, "TRADING");
      return { status, ...body };
    };
    const closed = { status: 400, code: -1013, msg: "Market is closed." };
    for (const state of ["HALT", "CANCEL_ONLY", "BREAK"]) {
      expect(await refusedOrder(state)).to.deep.equal(closed);
    }
  });

  it("collects orders in BREAK, tells what the auction would do, and does it when the market opens", async () => {
    await platform.setMarketState(SYMBOL, "BREAK");
    const bid = await limit(alice, "BUY", 30_100, "0.05");
    expect((await market()).indicativeAuction, "nothing is crossed yet").to.equal(undefined);
    const iceberg = {
      symbol: SYMBOL,
      ...{ side: "SELL", type: "LIMIT", timeInForce: "GTC", price: 29_900, quantity: "0.03" },
      icebergQty: "0.01",
    };
    expect((await bob.rest("POST", "/api/v3/order", iceberg)).status).to.equal(200);
    await limit(bob, "SELL", 30_000, "0.04");
    // 0.05 wanted up to 30100, 0.03 offered from 29900 and 0.07 from 30000 on: nearest to the middle, 30000.
    const auction = { price: "30000.00000000", quantity: "0.05000000" };
    expect((await market()).indicativeAuction).to.deep.equal(auction);
    const book = (await alice.rest("GET", "/api/v3/depth", { symbol: SYMBOL })).body;
    expect([book.bids[0][0], book.asks[0][0]], "the book is crossed meanwhile").to.deep.equal([
      "30100.00000000",
      "29900.00000000",
    ]);
    const socket = await bob.socket();
    const told: MarketStatusMessage[] = [];
    const tickers: TickerMessage[] = [];
    socket.on("ticker", (message) => tickers.push(message));
    socket.on("marketStatus", (message) => told.push(message));
    await new Promise<void>((resolve) =>
      socket.emit("subscribe", { symbol: SYMBOL, channels: ["ticker"] }, () => resolve()),
    );
    await eventually(() => tickers.length > 0);
    expect(tickers[0]).to.deep.include({ status: "BREAK", indicativeAuction: auction });

    const opened = await platform.setMarketState(SYMBOL, "TRADING");
    expect(opened.body).to.deep.equal({ symbol: SYMBOL, state: "TRADING", auction });
    await eventually(() => told.length > 0);
    expect(told[0]).to.deep.include({ status: "TRADING", auction });
    const bought = (await alice.rest("GET", "/api/v3/order", { symbol: SYMBOL, orderId: bid.orderId })).body;
    expect(bought).to.deep.include({
      status: "FILLED",
      executedQty: "0.05000000",
      cummulativeQuoteQty: "1500.00000000",
    });
    const trades = (await alice.rest("GET", "/api/v3/myTrades", { symbol: SYMBOL })).body;
    expect(new Set(trades.map(({ price }: { price: string }) => price))).to.deep.equal(
      new Set(["30000.00000000"]),
    );
    expect((await market()).indicativeAuction).to.equal(undefined);
  });

  it("keeps an account's own orders apart in an auction", async () => {
    await platform.setMarketState(SYMBOL, "BREAK");
    await limit(alice, "BUY", 29_000, "0.01");
    const own = {
      symbol: SYMBOL,
      side: "SELL",
      type: "LIMIT",
      timeInForce: "GTC",
      price: 28_900,
      quantity: "0.01",
    };
    const { body } = await alice.rest("POST", "/api/v3/order", own);
    expect(body).to.deep.include({
      code: -9041,
      msg: "The order would meet an order of your own in the auction.",
    });
    await platform.setMarketState(SYMBOL, "TRADING");
  });
});
