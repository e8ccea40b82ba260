import { connect, type Socket } from "node:net";
import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { eventually } from "#test/support/eventually.ts";
import { openStream, type TestStream } from "#test/support/stream-client.ts";
import { timesIn } from "#test/support/times-in.ts";
import { startTestGateway, type TestGateway, type TestUser } from "./rest-gateway.ts";

/** The fields of each payload, as Binance documents them. */
const FIELDS = {
  trade: ["e", "E", "s", "t", "p", "q", "T", "m", "M"],
  aggTrade: ["e", "E", "s", "a", "p", "q", "f", "l", "T", "m", "M"],
  depthUpdate: ["e", "E", "s", "U", "u", "b", "a"],
  bookTicker: ["u", "s", "b", "B", "a", "A"],
  "24hrMiniTicker": ["e", "E", "s", "c", "o", "h", "l", "v", "q"],
  "24hrTicker": [
    "e",
    "E",
    "s",
    "p",
    "P",
    "w",
    "x",
    "c",
    "Q",
    "b",
    "B",
    "a",
    "A",
    "o",
    "h",
    "l",
    "v",
    "q",
    "O",
    "C",
    "F",
    "L",
    "n",
  ],
  kline: ["t", "T", "s", "i", "f", "L", "o", "c", "h", "l", "v", "n", "x", "q", "V", "Q", "B"],
};

describe("Binance's WebSocket streams", () => {
  let gateway: TestGateway;
  let alice: TestUser;
  let bob: TestUser;
  const streams: TestStream[] = [];

  before(async () => {
    gateway = await startTestGateway({ streamLimits: { streamsMax: 20 } });
    alice = await gateway.newUser("alice", { USDT: "1000000", BTC: "10", SOL: "100" });
    bob = await gateway.newUser("bob", { USDT: "1000000", BTC: "10", SOL: "100" });
  });
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close();
  });
  after(() => gateway?.stop());

  async function open(path: string): Promise<TestStream> {
    const stream = await openStream(gateway.url, path);
    streams.push(stream);
    return stream;
  }
  async function order(user: TestUser, side: string, price: string, quantity = "0.01", symbol = "BTCUSDT") {
    const terms = { symbol, side, type: "LIMIT", timeInForce: "GTC", price, quantity };
    const { status, body } = await gateway.signed(user, "POST", "/api/v3/order", terms);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  }
  /** Alice sells to Bob. */
  async function trade(price: string, quantity?: string) {
    await order(alice, "SELL", price, quantity);
    return order(bob, "BUY", price, quantity);
  }

  it("tells of windows and of the average price what REST answers, each second if it changed, and to who comes later what is so", async () => {
    const tradeSol = async (price: string) => {
      await order(alice, "SELL", price, "1", "SOLUSDT");
      await order(bob, "BUY", price, "1", "SOLUSDT");
    };
    const names = [
      "solusdt@ticker_1h",
      "solusdt@ticker_4h",
      "solusdt@ticker_1d",
      "solusdt@avgPrice",
      "!ticker_1h@arr",
    ];
    const first = await open(`/stream?streams=${names.join("/")}`);
    await tradeSol("100");
    await tradeSol("110");
    const isTraded = (one: { stream: string; data: { n?: number } }) => one.data.n === 2;
    for (const [at, windowSize] of ["1h", "4h", "1d"].entries()) {
      const { data } = await first.hear((one) => one.stream === names[at] && isTraded(one));
      expect(Object.keys(data)).to.deep.equal([
        "e",
        "E",
        "s",
        "p",
        "P",
        "o",
        "h",
        "l",
        "c",
        "w",
        "v",
        "q",
        "O",
        "C",
        "F",
        "L",
        "n",
      ]);
      const { body } = await gateway.send("GET", `/api/v3/ticker?symbol=SOLUSDT&windowSize=${windowSize}`);
      expect(data).to.include({
        e: `${windowSize}Ticker`,
        p: body.priceChange,
        P: body.priceChangePercent,
        w: body.weightedAvgPrice,
      });
      expect(data).to.include({
        o: body.openPrice,
        h: body.highPrice,
        l: body.lowPrice,
        c: body.lastPrice,
        v: body.volume,
        q: body.quoteVolume,
      });
      expect(data).to.include({ F: body.firstId, L: body.lastId, n: body.count });
      expect(data.C - data.O).to.be.within(
        body.closeTime - body.openTime - 60_000,
        body.closeTime - body.openTime + 60_000,
      );
    }
    const { body: average } = await gateway.send("GET", "/api/v3/avgPrice?symbol=SOLUSDT");
    const told = await first.hear((one) => one.stream === "solusdt@avgPrice" && one.data.w === average.price);
    expect(Object.keys(told.data)).to.deep.equal(["e", "E", "s", "i", "w", "T"]);
    expect(told.data).to.include({ e: "avgPrice", s: "SOLUSDT", i: "5m", T: average.closeTime });
    const all = await first.hear(
      (one) =>
        one.stream === "!ticker_1h@arr" && one.data.some((each: { s: string }) => each.s === "SOLUSDT"),
    );
    expect(all.data[0]).to.have.property("e", "1hTicker");
    const later = await open("/ws/solusdt@ticker_4h");
    expect((await later.hear((one) => one.e === "4hTicker")).n).to.equal(2);
    const none = await later.ask({ method: "SUBSCRIBE", params: ["solusdt@ticker_2h"], id: 1 });
    expect(none).to.have.property("code", 2);
  });

  it("tells of trades, book, best price, tickers and candles with Binance's fields", async () => {
    const names = ["trade", "aggTrade", "depth@100ms", "depth5@100ms", "bookTicker", "miniTicker", "ticker"];
    const all = [...names.map((name) => `btcusdt@${name}`), "btcusdt@kline_1m", "!miniTicker@arr"];
    const stream = await open(`/stream?streams=${all.join("/")}`);
    await trade("50000.00");
    await order(alice, "SELL", "50010.00");
    const heard = async (name: string) => (await stream.hear((one) => one.stream === name)).data;

    const told = await heard("btcusdt@trade");
    expect(Object.keys(told)).to.deep.equal(FIELDS.trade);
    expect(told).to.deep.include({
      e: "trade",
      s: "BTCUSDT",
      p: "50000.00000000",
      q: "0.01000000",
      m: false,
      M: true,
    });
    const aggregate = await heard("btcusdt@aggTrade");
    expect(Object.keys(aggregate)).to.deep.equal(FIELDS.aggTrade);
    expect(aggregate).to.deep.include({ a: told.t, f: told.t, l: told.t, q: "0.01000000" });
    expect(Object.keys(await heard("btcusdt@depth@100ms"))).to.deep.equal(FIELDS.depthUpdate);
    expect(Object.keys(await heard("btcusdt@depth5@100ms"))).to.deep.equal(["lastUpdateId", "bids", "asks"]);
    const best = await stream.hear(
      (one) => one.stream === "btcusdt@bookTicker" && one.data.a === "50010.00000000",
    );
    expect(Object.keys(best.data)).to.deep.equal(FIELDS.bookTicker);
    expect(best.data).to.deep.include({ A: "0.01000000", B: "0.00000000" });
    expect(Object.keys(await heard("btcusdt@miniTicker"))).to.deep.equal(FIELDS["24hrMiniTicker"]);
    const ticker = await heard("btcusdt@ticker");
    expect(Object.keys(ticker)).to.deep.equal(FIELDS["24hrTicker"]);
    expect(ticker.c).to.equal("50000.00000000");
    const kline = await heard("btcusdt@kline_1m");
    expect(Object.keys(kline)).to.deep.equal(["e", "E", "s", "k"]);
    expect(Object.keys(kline.k)).to.deep.equal(FIELDS.kline);
    expect(kline.k).to.deep.include({ i: "1m", o: "50000.00000000", n: 1, x: false, T: kline.k.t + 59_999 });
    const [everyTicker] = await heard("!miniTicker@arr");
    expect(Object.keys(everyTicker)).to.deep.equal(FIELDS["24hrMiniTicker"]);
    await gateway.signed(alice, "DELETE", "/api/v3/openOrders", { symbol: "BTCUSDT" });
  });

  it("tells times in microseconds to who asks for them in the address, and in milliseconds to the others", async () => {
    const names = ["trade", "aggTrade", "depth@100ms", "bookTicker", "miniTicker", "ticker", "ticker_1h"];
    const all = [...names, "avgPrice", "kline_1m"].map((name) => `btcusdt@${name}`).join("/");
    const [fine, coarse] = [
      await open(`/stream?streams=${all}&timeUnit=MICROSECOND`),
      await open(`/stream?streams=${all}&timeUnit=millisecond`),
    ];
    await trade("50020.00");
    for (const name of all.split("/")) {
      const [micro, milli] = await Promise.all(
        [fine, coarse].map(async (stream) => (await stream.hear((one) => one.stream === name)).data),
      );
      expect(timesIn(micro, "ms"), name).to.deep.equal([]);
      expect(timesIn(micro, "us").length, name).to.equal(timesIn(milli, "ms").length);
    }
    const heard = async (stream: TestStream, name: string) =>
      (await stream.hear((one) => one.stream === `btcusdt@${name}`)).data;
    const traded = await heard(coarse, "trade");
    expect(await heard(fine, "trade")).to.deep.equal({ ...traded, E: traded.E * 1000, T: traded.T * 1000 });
    const { k } = await heard(fine, "kline_1m");
    expect(k.T).to.equal(k.t + 59_999_999);
    const raw = await open("/ws/btcusdt@trade?timeUnit=microsecond");
    await trade("50021.00");
    expect(timesIn(await raw.hear(({ e }) => e === "trade"), "us")).to.have.length(2);
    await expectRefused("/ws/btcusdt@trade?timeUnit=NANOSECOND");
  });

  async function expectRefused(path: string): Promise<void> {
    const why = await openStream(gateway.url, path).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(why).to.equal(`${path} was not opened`);
  }

  it("gathers the trades of one taker order at one price into an aggregate", async () => {
    const stream = await open("/ws/btcusdt@aggTrade/btcusdt@trade");
    await order(alice, "SELL", "50020.00", "0.01");
    await order(alice, "SELL", "50020.00", "0.02");
    await order(bob, "BUY", "50020.00", "0.03");
    const aggregate = await stream.hear(({ e, p }) => e === "aggTrade" && p === "50020.00000000");
    expect(aggregate.q).to.equal("0.03000000");
    expect(aggregate.l).to.equal(aggregate.f + 1);
    await eventually(
      () => stream.messages.filter(({ e, p }) => e === "trade" && p === "50020.00000000").length === 2,
    );
  });

  it("lets a client keep a book: the snapshot and the differences behind it, without a gap, are the book", async () => {
    const stream = await open("/ws/solusdt@depth@100ms");
    await order(alice, "SELL", "151.00", "1", "SOLUSDT");
    await stream.hear(({ e }) => e === "depthUpdate");
    const { body: snapshot } = await gateway.send("GET", "/api/v3/depth?symbol=SOLUSDT&limit=1000");
    for (const price of ["150.00", "149.00", "148.00"]) await order(bob, "BUY", price, "1", "SOLUSDT");
    const { body: placed } = await gateway.signed(bob, "GET", "/api/v3/openOrders", { symbol: "SOLUSDT" });
    await gateway.signed(bob, "DELETE", "/api/v3/order", { symbol: "SOLUSDT", orderId: placed[1].orderId });
    const { body: end } = await gateway.send("GET", "/api/v3/depth?symbol=SOLUSDT&limit=1000");
    await stream.hear(({ u }) => u >= end.lastUpdateId);

    const bids = new Map<string, string>(snapshot.bids);
    let last: number = snapshot.lastUpdateId;
    for (const { U, u, b } of stream.messages.filter((one) => one.u > snapshot.lastUpdateId)) {
      expect(U).to.be.at.most(last + 1);
      last = u;
      for (const [price, quantity] of b) {
        if (Number(quantity) === 0) bids.delete(price);
        else bids.set(price, quantity);
      }
    }
    expect(new Map([...bids].sort().reverse())).to.deep.equal(new Map(end.bids));
    const differences = stream.messages.filter(({ e }) => e === "depthUpdate");
    for (const [at, { U }] of differences.entries())
      if (at > 0) expect(U).to.equal(differences[at - 1].u + 1);
  });

  it("subscribes, lists, unsubscribes and wraps as it is asked", async () => {
    const stream = await open("/ws/0");
    expect(await stream.ask({ method: "LIST_SUBSCRIPTIONS", id: 1 })).to.deep.equal({ result: [], id: 1 });
    const params = ["btcusdt@trade", "btcusdt@depth"];
    expect(await stream.ask({ method: "SUBSCRIBE", params, id: 2 })).to.deep.equal({ result: null, id: 2 });
    expect(await stream.ask({ method: "LIST_SUBSCRIPTIONS", id: "a3" })).to.deep.equal({
      result: params,
      id: "a3",
    });
    expect(await stream.ask({ method: "GET_PROPERTY", params: ["combined"], id: 4 })).to.deep.include({
      result: false,
    });
    await stream.ask({ method: "SET_PROPERTY", params: ["combined", true], id: 5 });
    await trade("50030.00");
    expect((await stream.hear((one) => one.stream !== undefined)).stream).to.equal("btcusdt@trade");
    await stream.ask({ method: "UNSUBSCRIBE", params: ["btcusdt@depth"], id: 6 });
    expect(await stream.ask({ method: "LIST_SUBSCRIPTIONS", id: 7 })).to.deep.equal({
      result: ["btcusdt@trade"],
      id: 7,
    });
  });

  it("refuses in Binance's codes and words, and says of a stream that there is none", async () => {
    const stream = await open("/ws");
    const refusals: [request: object, code: number, words: RegExp][] = [
      [{ method: "SUBSCRIBE", params: ["btcusdt@nothing"], id: 1 }, 2, /unknown stream btcusdt@nothing/],
      [{ method: "SUBSCRIBE", params: ["dogeusdt@trade"], id: 2 }, 2, /unknown stream dogeusdt@trade/],
      [{ method: "SUBSCRIBE", params: "btcusdt@trade", id: 3 }, 2, /^Invalid request: /],
      [{ method: "SHOUT", id: 4 }, 2, /unknown variant `SHOUT`, expected one of `SUBSCRIBE`, /],
      [{ id: 5 }, 2, /missing field `method`/],
      [{ method: "GET_PROPERTY", params: ["loud"], id: 6 }, 0, /^Unknown property$/],
      [{ method: "SET_PROPERTY", params: ["combined", 1], id: 7 }, 1, /expected Boolean$/],
    ];
    for (const [request, code, words] of refusals) {
      const answer = await stream.ask(request as { id: number });
      expect(answer.code, JSON.stringify(request)).to.equal(code);
      expect(answer.msg).to.match(words);
    }
    expect((await stream.ask({ method: "LIST_SUBSCRIPTIONS", id: 8 })).result).to.deep.equal([]);
  });

  it("answers what is no JSON, or has an id that is none, without one", async () => {
    const stream = await open("/ws");
    stream.send("hello");
    expect(await stream.hear(({ code }) => code === 3))
      .to.have.property("msg")
      .that.matches(/^Invalid JSON: /);
    stream.send({ method: "LIST_SUBSCRIPTIONS", id: { no: 1 } });
    expect((await stream.hear(({ code }) => code === 2)).msg).to.match(/request ID/);
  });

  it("takes as many streams as a connection may have, or none of a request that asks for more", async () => {
    const stream = await open("/ws");
    const intervals = ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d"];
    const klines = (symbol: string) => intervals.map((interval) => `${symbol}@kline_${interval}`);
    await stream.ask({ method: "SUBSCRIBE", params: klines("btcusdt"), id: 1 });
    expect(await stream.ask({ method: "SUBSCRIBE", params: klines("ethusdt"), id: 2 })).to.deep.include({
      code: 2,
    });
    expect((await stream.ask({ method: "LIST_SUBSCRIPTIONS", id: 3 })).result).to.have.length(12);
  });

  it("disconnects who sends more than five messages a second, and leaves others alone", async () => {
    const [loud, calm] = [await open("/ws"), await open("/ws")];
    for (let id = 0; id < 30; id++) loud.send({ method: "LIST_SUBSCRIPTIONS", id });
    await eventually(() => loud.closed !== undefined);
    expect(loud.closed).to.equal(1008);
    expect((await calm.ask({ method: "LIST_SUBSCRIPTIONS", id: 1 })).result).to.deep.equal([]);
  });
});

describe("a WebSocket of a stream", () => {
  let gateway: TestGateway;
  const sockets: Socket[] = [];

  before(async () => {
    gateway = await startTestGateway({
      streamLimits: { pingMs: 50, silenceMs: 200, connectionsPerAddressMax: 2 },
    });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) {
      socket.destroy();
      await eventually(() => socket.closed);
    }
  });
  after(() => gateway?.stop());

  /** A client that shows bytes. */
  async function openRaw(path: string, version = 13): Promise<{ socket: Socket; heard: () => Buffer }> {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    let bytes = Buffer.alloc(0);
    socket.on("data", (more) => {
      bytes = Buffer.concat([bytes, more]);
    });
    socket.on("error", () => {});
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: ${version}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    await eventually(() => bytes.includes("\r\n\r\n"));
    return { socket, heard: () => bytes };
  }

  it("is pinged, and disconnected when it does not answer", async () => {
    const { socket, heard } = await openRaw("/ws/btcusdt@trade");
    expect(heard().toString("latin1")).to.match(/^HTTP\/1.1 101 .*s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/s);
    await eventually(() => heard().includes(0x89));
    await eventually(() => socket.destroyed || socket.readableEnded);
  });

  it("is refused where it speaks another version, and where its address has too many", async () => {
    expect((await openRaw("/ws", 8)).heard().toString("latin1")).to.match(/^HTTP\/1.1 400 /);
    await openRaw("/ws");
    await openRaw("/stream");
    expect((await openRaw("/ws")).heard().toString("latin1")).to.match(/^HTTP\/1.1 429 /);
  });
});
