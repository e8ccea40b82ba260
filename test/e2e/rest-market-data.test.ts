import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { ORDER_TYPES } from "#shared/domain/order.ts";
import { timesIn } from "#test/support/times-in.ts";
import { startTestGateway, type TestGateway, type TestUser } from "./rest-gateway.ts";

const MINUTE_MS = 60_000;

describe("REST market data", () => {
  let gateway: TestGateway;
  let maker: TestUser;
  let taker: TestUser;

  before(async () => {
    gateway = await startTestGateway();
    maker = await gateway.newUser("maker", { USDT: "1000000", BTC: "100" });
    taker = await gateway.newUser("taker", { USDT: "1000000", BTC: "100" });
    const limit = { symbol: "BTCUSDT", type: "LIMIT", timeInForce: "GTC" };
    const place = (user: TestUser, order: Record<string, string>) =>
      gateway.signed(user, "POST", "/api/v3/order", { ...limit, ...order });
    // Two makers at one price, met by one taker: two trades, one aggregate.
    await place(maker, { side: "SELL", price: "30000", quantity: "0.1" });
    await place(maker, { side: "SELL", price: "30000", quantity: "0.2" });
    await place(maker, { side: "SELL", price: "30010", quantity: "1" });
    await place(maker, { side: "BUY", price: "29990", quantity: "0.5" });
    await place(taker, { side: "BUY", price: "30000", quantity: "0.3" });
    await place(taker, { side: "BUY", price: "30010", quantity: "0.25" });
  });
  after(() => gateway.stop());

  const get = async (path: string) => (await gateway.send("GET", path)).body;

  it("answers ping, time and the weight headers", async () => {
    expect(await get("/api/v3/ping")).to.deep.equal({});
    expect((await get("/api/v3/time")).serverTime).to.be.a("number");
    const { headers } = await gateway.send("GET", "/api/v3/ping");
    expect(headers.get("X-MBX-USED-WEIGHT-1M")).to.match(/^\d+$/);
    expect(headers.get("X-MBX-USED-WEIGHT")).to.equal(headers.get("X-MBX-USED-WEIGHT-1M"));
    expect(headers.get("Cache-Control")).to.equal("no-store");
  });

  it("tells times in microseconds where the header asks for them, and refuses what is no unit", async () => {
    const ask = (path: string, unit: string) =>
      gateway.send("GET", path, { headers: { "X-MBX-TIME-UNIT": unit } });
    const paths = ["time", "exchangeInfo", "trades?symbol=BTCUSDT", "aggTrades?symbol=BTCUSDT"];
    const more = [
      "klines?symbol=BTCUSDT&interval=1m",
      "avgPrice?symbol=BTCUSDT",
      "ticker/24hr?symbol=BTCUSDT",
    ];
    for (const path of [...paths, ...more].map((one) => `/api/v3/${one}`)) {
      const { body: milli } = await ask(path, "MILLISECOND");
      const { body: micro } = await ask(path, "microsecond");
      expect(timesIn(milli, "ms").length, path).to.be.greaterThan(0);
      expect(timesIn(micro, "ms"), path).to.deep.equal([]);
      expect(timesIn(micro, "us").length, path).to.equal(timesIn(milli, "ms").length);
    }
    const [trade] = await get("/api/v3/trades?symbol=BTCUSDT&limit=1");
    const { body: trades } = await ask("/api/v3/trades?symbol=BTCUSDT&limit=1", "MICROSECOND");
    expect(trades).to.deep.equal([{ ...trade, time: trade.time * 1000 }]);
    const { body: candles } = await ask("/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1", "MICROSECOND");
    expect(candles[0][6]).to.equal(candles[0][0] + 1000 * MINUTE_MS - 1);
    const headers = { "X-MBX-TIME-UNIT": "MICROSECOND" };
    for (const path of ["/api/v3/allOrders", "/api/v3/myTrades", "/api/v3/account", "/api/v3/openOrders"]) {
      const symbol = path === "/api/v3/account" ? {} : { symbol: "BTCUSDT" };
      const { status, body } = await gateway.signed(maker, "GET", path, symbol, headers);
      expect(status, path).to.equal(200);
      expect(timesIn(body, "ms"), path).to.deep.equal([]);
      expect(timesIn(body, "us").length, path).to.be.greaterThan(0);
    }
    const { status, body } = await ask("/api/v3/time", "NANOSECOND");
    expect([status, body.code]).to.deep.equal([400, -1194]);
  });

  it("describes the markets: types that work, filters, the limits in force", async () => {
    const info = await get("/api/v3/exchangeInfo");
    expect(info.symbols.map(({ symbol }: { symbol: string }) => symbol)).to.have.members([
      "BTCUSDT",
      "ETHUSDT",
      "SOLUSDT",
      "ETHBTC",
      "AAPLUSD",
    ]);
    const one = await get("/api/v3/exchangeInfo?symbol=BTCUSDT&permissions=SPOT");
    expect(one.symbols).to.have.length(1);
    expect(one.symbols[0]).to.deep.include({
      status: "TRADING",
      baseAsset: "BTC",
      quoteAsset: "USDT",
      orderTypes: [...ORDER_TYPES],
      icebergAllowed: true,
      ocoAllowed: true,
      otoAllowed: true,
      allowTrailingStop: true,
      cancelReplaceAllowed: true,
      amendAllowed: true,
      defaultSelfTradePreventionMode: "EXPIRE_MAKER",
    });
    expect(one.symbols[0].filters).to.deep.equal([
      {
        filterType: "PRICE_FILTER",
        minPrice: "0.01000000",
        maxPrice: "1000000.00000000",
        tickSize: "0.01000000",
      },
      { filterType: "LOT_SIZE", minQty: "0.00010000", maxQty: "9000.00000000", stepSize: "0.00010000" },
      { filterType: "ICEBERG_PARTS", limit: 100 },
      {
        filterType: "MARKET_LOT_SIZE",
        minQty: "0.00010000",
        maxQty: "9000.00000000",
        stepSize: "0.00010000",
      },
      {
        filterType: "TRAILING_DELTA",
        minTrailingAboveDelta: 10,
        maxTrailingAboveDelta: 2000,
        minTrailingBelowDelta: 10,
        maxTrailingBelowDelta: 2000,
      },
      {
        filterType: "PERCENT_PRICE_BY_SIDE",
        bidMultiplierUp: "5.0000",
        bidMultiplierDown: "0.2000",
        askMultiplierUp: "5.0000",
        askMultiplierDown: "0.2000",
        avgPriceMins: 0,
      },
      {
        filterType: "NOTIONAL",
        minNotional: "5.00000000",
        applyMinToMarket: true,
        maxNotional: "9000000.00000000",
        applyMaxToMarket: true,
        avgPriceMins: 0,
      },
      { filterType: "MAX_NUM_ORDERS", maxNumOrders: 10000 },
      { filterType: "MAX_NUM_ALGO_ORDERS", maxNumAlgoOrders: 100 },
      { filterType: "MAX_NUM_ICEBERG_ORDERS", maxNumIcebergOrders: 100 },
      { filterType: "MAX_NUM_ORDER_LISTS", maxNumOrderLists: 100 },
    ]);
    expect(
      (await get(`/api/v3/exchangeInfo?symbols=${encodeURIComponent('["ETHBTC","BTCUSDT"]')}`)).symbols,
    ).to.have.length(2);
  });

  it("shows the book, best first, cut at the limit", async () => {
    const book = await get("/api/v3/depth?symbol=BTCUSDT");
    expect(book.bids).to.deep.equal([["29990.00000000", "0.50000000"]]);
    expect(book.asks).to.deep.equal([["30010.00000000", "0.75000000"]]);
    expect(book.lastUpdateId).to.be.greaterThan(0);
    expect((await get("/api/v3/depth?symbol=BTCUSDT&limit=9999")).asks).to.have.length(1);
  });

  it("lists trades, the newest last, and from an id on", async () => {
    const trades = await get("/api/v3/trades?symbol=BTCUSDT");
    expect(trades).to.have.length(3);
    expect(trades[0]).to.deep.include({
      id: 1,
      price: "30000.00000000",
      qty: "0.10000000",
      quoteQty: "3000.00000000",
      isBuyerMaker: false,
    });
    expect(await get("/api/v3/trades?symbol=BTCUSDT&limit=1")).to.deep.equal([trades[2]]);
    expect(await get("/api/v3/historicalTrades?symbol=BTCUSDT&fromId=2")).to.deep.equal(trades.slice(1));
    expect(await get("/api/v3/historicalTrades?symbol=BTCUSDT&limit=2")).to.deep.equal(trades.slice(1));
  });

  it("puts trades of one taker order at one price together", async () => {
    const all = await get("/api/v3/aggTrades?symbol=BTCUSDT");
    expect(all).to.have.length(2);
    expect(all[0]).to.deep.include({
      a: 1,
      f: 1,
      l: 2,
      p: "30000.00000000",
      q: "0.30000000",
      m: false,
      M: true,
    });
    expect(all[1]).to.deep.include({ a: 3, f: 3, l: 3, p: "30010.00000000", q: "0.25000000" });
    expect(await get("/api/v3/aggTrades?symbol=BTCUSDT&limit=1")).to.deep.equal([all[1]]);
    expect(await get("/api/v3/aggTrades?symbol=BTCUSDT&fromId=1&limit=1")).to.deep.equal([all[0]]);
    expect(await get("/api/v3/aggTrades?symbol=BTCUSDT&fromId=3")).to.deep.equal([all[1]]);
    const now = Date.now();
    expect(
      await get(`/api/v3/aggTrades?symbol=BTCUSDT&startTime=${now - MINUTE_MS}&endTime=${now + MINUTE_MS}`),
    ).to.deep.equal(all);
    expect(await get(`/api/v3/aggTrades?symbol=BTCUSDT&startTime=${now + MINUTE_MS}`)).to.deep.equal([]);
    expect((await get("/api/v3/aggTrades?symbol=BTCUSDT&fromId=1&endTime=5")).code).to.equal(-1128);
  });

  it("makes candles of every interval, under both names", async () => {
    const total = (rows: unknown[][]) => rows.reduce((sum, row) => sum + Number(row[8]), 0);
    for (const interval of ["1m", "5m", "1h", "1d", "1w", "1M"]) {
      const rows = await get(`/api/v3/klines?symbol=BTCUSDT&interval=${interval}`);
      expect(total(rows), interval).to.equal(3);
      expect(rows[0][1], interval).to.equal("30000.00000000");
      expect(await get(`/api/v3/uiKlines?symbol=BTCUSDT&interval=${interval}`)).to.have.length.at.least(
        rows.length,
      );
    }
    const now = Date.now();
    const ranged = await get(
      `/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=${now - 10 * MINUTE_MS}&limit=1000`,
    );
    expect(total(ranged)).to.equal(3);
    expect(
      await get(`/api/v3/klines?symbol=BTCUSDT&interval=1m&endTime=${now - 60 * MINUTE_MS}`),
    ).to.deep.equal([]);
    expect((await get("/api/v3/klines?symbol=BTCUSDT&interval=1s")).msg).to.equal("Invalid interval.");
    expect((await get("/api/v3/klines?symbol=BTCUSDT")).msg).to.contain("'interval'");
  });

  it("sums the last 24 hours", async () => {
    const ticker = await get("/api/v3/ticker/24hr?symbol=BTCUSDT");
    expect(ticker).to.deep.include({
      symbol: "BTCUSDT",
      openPrice: "30000.00000000",
      highPrice: "30010.00000000",
      lowPrice: "30000.00000000",
      lastPrice: "30010.00000000",
      lastQty: "0.25000000",
      priceChange: "10.00000000",
      priceChangePercent: "0.033",
      weightedAvgPrice: "30004.54545454",
      volume: "0.55000000",
      quoteVolume: "16502.50000000",
      bidPrice: "29990.00000000",
      askQty: "0.75000000",
      firstId: 1,
      lastId: 3,
      count: 3,
    });
    const mini = await get("/api/v3/ticker/24hr?symbol=BTCUSDT&type=MINI");
    expect(mini).not.to.have.property("bidPrice");
    expect(mini.volume).to.equal("0.55000000");
    expect(await get("/api/v3/ticker/24hr")).to.have.length(5);
    const untraded = await get("/api/v3/ticker/24hr?symbol=ETHBTC");
    expect(untraded).to.deep.include({
      lastPrice: "0.00000000",
      count: 0,
      firstId: -1,
      weightedAvgPrice: "0.00000000",
    });
    expect(await get("/api/v3/avgPrice?symbol=BTCUSDT")).to.deep.include({
      mins: 5,
      price: "30004.54545454",
    });
  });

  it("makes candles by the days of a time zone", async () => {
    const openOf = async (zone: string) =>
      (await get(`/api/v3/klines?symbol=BTCUSDT&interval=1d&timeZone=${zone}`)).at(-1)[0] / 60_000;
    const dayMinutes = 24 * 60;
    expect((await openOf("0")) % dayMinutes).to.equal(0);
    expect((await openOf("8")) % dayMinutes).to.equal(16 * 60);
    expect((await openOf("-1:30")) % dayMinutes).to.equal(90);
    expect((await openOf("05:45")) % dayMinutes).to.equal(18 * 60 + 15);
    for (const zone of ["14:01", "-13", "8:60", "east", "8:5"])
      expect((await get(`/api/v3/klines?symbol=BTCUSDT&interval=1d&timeZone=${zone}`)).code, zone).to.equal(
        -1130,
      );
  });

  it("sums the day of a time zone, and windows of a minute to a week", async () => {
    const sums = { symbol: "BTCUSDT", volume: "0.55000000", count: 3, firstId: 1, lastId: 3 };
    const change = {
      priceChange: "10.00000000",
      priceChangePercent: "0.033",
      weightedAvgPrice: "30004.54545454",
    };
    const day = await get("/api/v3/ticker/tradingDay?symbol=BTCUSDT&timeZone=8");
    expect(day).to.deep.include({ ...sums, ...change });
    expect(day.closeTime + 1 - day.openTime).to.equal(24 * 60 * MINUTE_MS);
    expect(day.openTime % (24 * 60 * MINUTE_MS)).to.equal(16 * 60 * MINUTE_MS);
    for (const [size, minutes] of [
      ["59m", 59],
      ["1h", 60],
      ["7d", 7 * 24 * 60],
    ] as const) {
      const window = await get(`/api/v3/ticker?symbol=BTCUSDT&windowSize=${size}`);
      expect(window, size).to.deep.include({ ...sums, ...change });
      expect(window.openTime % MINUTE_MS, size).to.equal(0);
      expect(Math.floor((window.closeTime - window.openTime) / MINUTE_MS), size).to.equal(minutes);
    }
    const two = encodeURIComponent('["BTCUSDT","ETHBTC"]');
    const both = await get(`/api/v3/ticker?symbols=${two}&type=MINI`);
    expect(both[0]).to.deep.include(sums).and.not.to.have.property("priceChange");
    expect(both[1]).to.deep.include({ symbol: "ETHBTC", count: 0, firstId: -1 });
    expect((await get("/api/v3/ticker")).msg).to.contain("'symbol'");
    for (const size of ["60m", "24h", "8d", "0m", "1s"])
      expect((await get(`/api/v3/ticker?symbol=BTCUSDT&windowSize=${size}`)).code, size).to.equal(-1130);
  });

  it("gives last prices and best quotes of one, some and all markets", async () => {
    expect(await get("/api/v3/ticker/price?symbol=BTCUSDT")).to.deep.equal({
      symbol: "BTCUSDT",
      price: "30010.00000000",
    });
    const two = encodeURIComponent('["BTCUSDT","ETHBTC"]');
    expect(await get(`/api/v3/ticker/price?symbols=${two}`)).to.have.length(2);
    expect(await get("/api/v3/ticker/price")).to.have.length(5);
    expect(await get("/api/v3/ticker/bookTicker?symbol=BTCUSDT")).to.deep.equal({
      symbol: "BTCUSDT",
      bidPrice: "29990.00000000",
      bidQty: "0.50000000",
      askPrice: "30010.00000000",
      askQty: "0.75000000",
    });
    expect(
      await get(`/api/v3/ticker/bookTicker?symbols=${encodeURIComponent('["BTCUSDT"]')}`),
    ).to.have.length(1);
  });

  it("refuses parameters that make no sense", async () => {
    const code = async (path: string) => (await get(path)).code;
    expect(await code("/api/v3/depth")).to.equal(-1102);
    expect(await code("/api/v3/depth?symbol=NOPE")).to.equal(-1121);
    expect(await code("/api/v3/depth?symbol=")).to.equal(-1105);
    expect(await code("/api/v3/depth?symbol=BTCUSDT&symbol=ETHBTC")).to.equal(-1101);
    expect(await code("/api/v3/depth?symbol=BTCUSDT&limit=0")).to.equal(-1130);
    expect(await code("/api/v3/depth?symbol=BTCUSDT&limit=ten")).to.equal(-1100);
    expect(await code("/api/v3/depth?symbol=BTCUSDT&side=BUY")).to.equal(-1104);
    expect(await code("/api/v3/depth?symbol=BTCUSDT&colour=BLUE")).to.equal(-1103);
    expect(await code("/api/v3/depth?symbol=%zz")).to.equal(-1100);
    expect(await code("/api/v3/ticker/price?symbol=BTCUSDT&symbols=%5B%22BTCUSDT%22%5D")).to.equal(-1128);
    expect(await code("/api/v3/ticker/price?symbols=BTCUSDT")).to.equal(-1100);
    expect(await code("/api/v3/ticker/price?symbols=%5B%22BTCUSDT%22,%22BTCUSDT%22%5D")).to.equal(-1151);
    expect(await code("/api/v3/time?symbol=BTCUSDT")).to.equal(-1104);
  });

  it("answers the routes of other products that clients ask", async () => {
    expect(await get("/sapi/v1/system/status")).to.deep.equal({ status: 0, msg: "normal" });
    expect(await get("/fapi/v1/exchangeInfo")).to.deep.equal({ symbols: [] });
    expect(await get("/dapi/v1/exchangeInfo")).to.deep.equal({ symbols: [] });
    for (const path of [
      "/sapi/v1/capital/config/getall",
      "/sapi/v1/margin/allPairs",
      "/sapi/v1/margin/isolated/allPairs",
    ]) {
      expect((await gateway.signed(maker, "GET", path)).body).to.deep.equal([]);
    }
  });

  it("shows an account: balances, fees, limits", async () => {
    const { body } = await gateway.signed(taker, "GET", "/api/v3/account");
    expect(body).to.deep.include({ canTrade: true, accountType: "SPOT", makerCommission: 10 });
    const balance = (asset: string) => body.balances.find((held: { asset: string }) => held.asset === asset);
    expect(balance("BTC")).to.deep.equal({ asset: "BTC", free: "100.54945000", locked: "0.00000000" });
    expect(balance("USDT")).to.deep.equal({ asset: "USDT", free: "983497.50000000", locked: "0.00000000" });
    expect(balance("ETH")).to.deep.equal({ asset: "ETH", free: "0.00000000", locked: "0.00000000" });
    const held = (await gateway.signed(taker, "GET", "/api/v3/account", { omitZeroBalances: "true" })).body
      .balances;
    expect(held.map(({ asset }: { asset: string }) => asset)).to.have.members(["BTC", "USDT"]);
    const fees = await gateway.signed(taker, "GET", "/sapi/v1/asset/tradeFee", { symbol: "AAPLUSD" });
    expect(fees.body).to.deep.equal([
      { symbol: "AAPLUSD", makerCommission: "0.00020000", takerCommission: "0.00050000" },
    ]);
    const commission = await gateway.signed(taker, "GET", "/api/v3/account/commission", {
      symbol: "AAPLUSD",
    });
    expect(commission.body.standardCommission).to.deep.include({ maker: "0.00020000", taker: "0.00050000" });
    const counts = await gateway.signed(taker, "GET", "/api/v3/rateLimit/order");
    expect(counts.body.map(({ count }: { count: number }) => count)).to.deep.equal([2, 2]);
  });
});
