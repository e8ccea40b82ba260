import { expect } from "chai";
import { describe, it } from "mocha";
import { KlineStreams } from "#services/gateway/streams/kline-streams.ts";
import { StreamHub } from "#services/gateway/streams/stream-hub.ts";
import type { MarketsView } from "#services/gateway/views/region-view.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { CandleRow, TradeRow } from "#shared/ports/projections.ts";
import { MINUTE_MS, withTrade } from "#shared/read-model/candle-folder.ts";

const START = 1_700_000_100_000;

/** Candles as the view has them, a follower of some streams, and what is heard. */
function stage(...streams: string[]) {
  const { assets, markets } = defaultDefinitions();
  const candles: CandleRow[] = [];
  const view = {
    markets: () => markets,
    market: (id: string) => markets.find((market) => market.id === id),
    asset: (id: string) => assets.find((asset) => asset.id === id),
    recentCandles: (id: string) => candles.filter(({ market }) => market === id),
  } as unknown as MarketsView;
  const hub = new StreamHub();
  const heard: { t: number; c: string; n: number; x: boolean; i: string }[] = [];
  const send = (frame: Buffer) => {
    const text = frame.subarray(frame[1] === 126 ? 4 : 2).toString();
    heard.push(JSON.parse(text).k);
  };
  for (const stream of streams)
    hub.follow(stream, { isCombined: false, timeUnit: "MILLISECOND", send, restart: () => {} }, stream);
  const klines = new KlineStreams(hub, view);
  return {
    heard,
    klines,
    /** A trade of a lot at a price in ticks. */
    trade: (time: number, price: number) => {
      const row = { market: "BTCUSDT", time, price, quantity: 1, quote: price, takerSide: "BUY", tradeId: 1 };
      const candle = withTrade(candles.at(-1), row as TradeRow, time);
      if (candles.at(-1)?.openTime === candle.openTime) candles.pop();
      candles.push(candle);
      klines.take([row as TradeRow]);
    },
  };
}

describe("candles of a stream", () => {
  it("are told when trades change them, and once more when they are over", () => {
    const { heard, klines, trade } = stage("btcusdt@kline_1m");
    trade(START, 5_000_000);
    klines.flush(START + 1000);
    klines.flush(START + 2000);
    trade(START + 3000, 5_000_100);
    klines.flush(START + 4000);
    klines.flush(START + MINUTE_MS);
    klines.flush(START + MINUTE_MS + 1000);
    expect(heard.map(({ t, n, x }) => [t, n, x])).to.deep.equal([
      [START, 1, false],
      [START, 2, false],
      [START, 2, true],
    ]);
  });

  it("are told as over and as begun where a trade comes right behind the end", () => {
    const { heard, klines, trade } = stage("btcusdt@kline_1m", "btcusdt@kline_3m");
    trade(START, 5_000_000);
    klines.flush(START + 1000);
    trade(START + MINUTE_MS + 10, 5_000_200);
    klines.flush(START + MINUTE_MS + 100);
    const minutes = heard.filter(({ i }) => i === "1m");
    expect(minutes.map(({ t, x }) => [t, x])).to.deep.equal([
      [START, false],
      [START, true],
      [START + MINUTE_MS, false],
    ]);
    expect(heard.filter(({ i }) => i === "3m").map(({ n, x }) => [n, x])).to.deep.equal([
      [1, false],
      [2, false],
    ]);
  });

  it("are not made where nobody follows them", () => {
    const { heard, klines, trade } = stage("ethusdt@kline_1m");
    trade(START, 5_000_000);
    klines.flush(START + 1000);
    expect(heard).to.deep.equal([]);
  });
});
