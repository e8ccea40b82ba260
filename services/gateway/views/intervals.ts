import type { CandleRow } from "#shared/ports/projections.ts";
import { MINUTE_MS } from "#shared/read-model/candle-folder.ts";

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Binance's kline intervals from one minute on. A week starts on Monday, a month on its first day, UTC unless a time zone is given. */
export const INTERVALS = [
  "1m",
  "3m",
  "5m",
  "15m",
  "30m",
  "1h",
  "2h",
  "4h",
  "6h",
  "8h",
  "12h",
  "1d",
  "3d",
  "1w",
  "1M",
] as const;
export type Interval = (typeof INTERVALS)[number];

const LENGTH_MS: Record<Exclude<Interval, "1w" | "1M">, number> = {
  "1m": MINUTE_MS,
  "3m": 3 * MINUTE_MS,
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "30m": 30 * MINUTE_MS,
  "1h": HOUR_MS,
  "2h": 2 * HOUR_MS,
  "4h": 4 * HOUR_MS,
  "6h": 6 * HOUR_MS,
  "8h": 8 * HOUR_MS,
  "12h": 12 * HOUR_MS,
  "1d": DAY_MS,
  "3d": 3 * DAY_MS,
};

/** The epoch was a Thursday: the first Monday is four days later. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/**
 * The start of the interval that holds a time, epoch ms.
 *
 * @param zone how far the clocks by which days, weeks and months begin are ahead of UTC, ms
 */
export function intervalStart(interval: Interval, time: number, zone = 0): number {
  return startInUtc(interval, time + zone) - zone;
}

/** The start of the next interval after one that starts at `start`, both epoch ms. */
export function nextInterval(interval: Interval, start: number, zone = 0): number {
  if (interval === "1M") {
    const date = new Date(start + zone);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) - zone;
  }
  return start + (interval === "1w" ? 7 * DAY_MS : LENGTH_MS[interval]);
}

function startInUtc(interval: Interval, time: number): number {
  if (interval === "1M") {
    const date = new Date(time);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  if (interval === "1w") {
    const sinceMonday = time - FIRST_MONDAY_MS;
    return FIRST_MONDAY_MS + Math.floor(sinceMonday / (7 * DAY_MS)) * 7 * DAY_MS;
  }
  return Math.floor(time / LENGTH_MS[interval]) * LENGTH_MS[interval];
}

/** Minute candles, oldest first, gathered into an interval's candles, oldest first. */
export function aggregateCandles(minutes: Iterable<CandleRow>, interval: Interval, zone = 0): CandleRow[] {
  const candles: CandleRow[] = [];
  for (const minute of minutes) {
    const openTime = intervalStart(interval, minute.openTime, zone);
    const last = candles.at(-1);
    if (last === undefined || last.openTime !== openTime) candles.push({ ...minute, openTime });
    else candles[candles.length - 1] = merged(last, minute);
  }
  return candles;
}

function merged(a: CandleRow, b: CandleRow): CandleRow {
  return {
    ...a,
    high: Math.max(a.high, b.high),
    low: Math.min(a.low, b.low),
    close: b.close,
    volume: a.volume + b.volume,
    quoteVolume: a.quoteVolume + b.quoteVolume,
    trades: a.trades + b.trades,
    takerBuyVolume: a.takerBuyVolume + b.takerBuyVolume,
    takerBuyQuoteVolume: a.takerBuyQuoteVolume + b.takerBuyQuoteVolume,
    lastTradeId: b.lastTradeId,
  };
}
