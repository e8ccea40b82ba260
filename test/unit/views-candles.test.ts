import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  aggregateCandles,
  INTERVALS,
  intervalStart,
  nextInterval,
} from "#services/gateway/views/intervals.ts";
import type { RegionView } from "#services/gateway/views/region-view.ts";
import { ticker24h } from "#services/gateway/views/ticker.ts";
import type { MarketId } from "#shared/domain/ids.ts";
import type { CandleRow } from "#shared/ports/projections.ts";

const MARKET = "BTCUSDT" as MarketId;
const HOUR_MS = 3_600_000;
const at = (text: string) => Date.parse(`${text}Z`);

describe("kline intervals", () => {
  for (const [interval, time, start] of [
    ["1m", "2026-11-24T17:59:59.999", "2026-11-24T17:59:00"],
    ["3m", "2026-11-24T17:59:59.999", "2026-11-24T17:57:00"],
    ["1h", "2026-11-24T17:00:00.000", "2026-11-24T17:00:00"],
    ["6h", "2026-11-24T17:59:59.999", "2026-11-24T12:00:00"],
    ["1d", "2026-11-24T23:59:59.999", "2026-11-24T00:00:00"],
    ["1w", "2026-11-22T23:59:59.999", "2026-11-16T00:00:00"],
    ["1w", "2026-11-23T00:00:00.000", "2026-11-23T00:00:00"],
    ["1M", "2028-02-29T23:59:59.999", "2028-02-01T00:00:00"],
    ["1M", "2026-12-31T23:59:59.999", "2026-12-01T00:00:00"],
  ] as const) {
    it(`${interval} with ${time} begins at ${start}`, () => {
      expect(intervalStart(interval, at(time))).to.equal(at(start));
    });
  }

  for (const [interval, zone, time, start] of [
    ["1m", 5.75, "2026-11-24T17:59:59.999", "2026-11-24T17:59:00"],
    ["1h", 5.75, "2026-11-24T17:59:59.999", "2026-11-24T17:15:00"],
    ["1d", 8, "2026-11-24T17:00:00.000", "2026-11-24T16:00:00"],
    ["1d", -1, "2026-11-24T00:59:59.999", "2026-11-23T01:00:00"],
    ["1w", 14, "2026-11-22T10:00:00.000", "2026-11-22T10:00:00"],
    ["1M", 8, "2026-11-30T16:00:00.000", "2026-11-30T16:00:00"],
    ["1M", -12, "2026-12-01T11:59:59.999", "2026-11-01T12:00:00"],
  ] as const) {
    it(`${interval} with ${time}, by a clock ${zone} h ahead of UTC, begins at ${start}`, () => {
      expect(intervalStart(interval, at(time), zone * HOUR_MS)).to.equal(at(start));
    });
  }

  it("follow each other without a gap, every time in exactly one, by any clock", () => {
    const times = fc.integer({ min: 0, max: at("2100-01-01T00:00:00") });
    const zones = fc.integer({ min: -12 * 60, max: 14 * 60 }).map((minutes) => minutes * 60_000);
    fc.assert(
      fc.property(fc.constantFrom(...INTERVALS), times, zones, (interval, time, zone) => {
        const start = intervalStart(interval, time, zone);
        const next = nextInterval(interval, start, zone);
        expect(start).to.be.at.most(time);
        expect(next).to.be.greaterThan(time);
        expect(intervalStart(interval, start, zone)).to.equal(start);
        expect(intervalStart(interval, next, zone)).to.equal(next);
        expect(intervalStart(interval, next - 1, zone)).to.equal(start);
      }),
    );
  });

  it("gather minutes: first open, last close, extremes and sums", () => {
    const minutes = [
      candle("2026-11-24T16:58:00", [5, 9, 4, 6], 1),
      candle("2026-11-24T17:00:00", [7, 8, 2, 3], 2),
      candle("2026-11-24T17:59:00", [4, 11, 4, 10], 3),
    ];
    const [first, second, none] = aggregateCandles(minutes, "1h");
    expect(first).to.deep.equal({ ...minutes[0], openTime: at("2026-11-24T16:00:00") });
    expect(second).to.include({ openTime: at("2026-11-24T17:00:00"), open: 7, high: 11, low: 2, close: 10 });
    expect(second).to.include({ volume: 5, quoteVolume: 50, trades: 5, firstTradeId: 2, lastTradeId: 3 });
    expect(none).to.equal(undefined);
  });
});

describe("the 24 h ticker", () => {
  const now = at("2026-11-24T17:30:20");

  it("sums the minutes of the last 24 hours and forgets older ones", () => {
    const view = viewOf([
      candle("2026-11-23T17:29:00", [1, 99, 1, 1], 1),
      candle("2026-11-23T17:31:00", [5, 9, 4, 6], 2),
      candle("2026-11-24T17:30:00", [7, 8, 3, 4], 3),
    ]);
    expect(ticker24h(view, MARKET, now)).to.include({
      openTime: now - 24 * 3_600_000,
      closeTime: now,
      open: 5,
      high: 9,
      low: 3,
      last: 4,
      volume: 5,
      quoteVolume: 50,
      trades: 5,
      firstTradeId: 2,
      lastTradeId: 3,
    });
  });

  it("is all zero before the first trade", () => {
    const ticker = ticker24h(viewOf([]), MARKET, now);
    expect(ticker).to.include({ open: 0, high: 0, low: 0, last: 0, volume: 0, trades: 0, firstTradeId: -1 });
  });
});

function candle(
  minute: string,
  [open, high, low, close]: [number, number, number, number],
  size: number,
): CandleRow {
  return {
    market: MARKET,
    openTime: at(minute),
    open,
    high,
    low,
    close,
    volume: size,
    quoteVolume: 10 * size,
    trades: size,
    takerBuyVolume: 0,
    takerBuyQuoteVolume: 0,
    firstTradeId: size,
    lastTradeId: size,
  };
}

/** Only what the ticker looks at. */
function viewOf(candles: readonly CandleRow[]): RegionView {
  return {
    recentCandles: () => candles,
    recentTrades: () => [],
    levels: () => [],
  } as unknown as RegionView;
}
