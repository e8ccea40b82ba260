import type { MarketId } from "#shared/domain/ids.ts";
import type { CandleRow } from "#shared/ports/projections.ts";
import { MINUTE_MS } from "#shared/read-model/candle-folder.ts";
import type { Level, MarketsView } from "./region-view.ts";

/** A market in a window of time that moves by minutes. Integers as in the domain; 0 where nothing was traded. */
export interface Ticker {
  readonly openTime: number;
  readonly closeTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly last: number;
  readonly lastQuantity: number;
  /** The price of the last trade before the window, as far as it is known; else the first in it. */
  readonly previousClose: number;
  /** Lots. */
  readonly volume: number;
  readonly quoteVolume: number;
  readonly trades: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  readonly bid: Level | undefined;
  readonly ask: Level | undefined;
}

const DAY_MS = 24 * 60 * MINUTE_MS;

/** Sums the minute candles of the last 24 hours before `now` (epoch ms). */
export function ticker24h(view: MarketsView, market: MarketId, now: number): Ticker {
  const openTime = now - DAY_MS;
  return tickerOf(view, market, view.recentCandles(market), { openTime, closeTime: now });
}

/** Sums the candles, oldest first, of minutes that end within a window (epoch ms). */
export function tickerOf(
  view: MarketsView,
  market: MarketId,
  minutes: readonly CandleRow[],
  { openTime, closeTime }: Pick<Ticker, "openTime" | "closeTime">,
): Ticker {
  const candles = minutes.filter((candle) => candle.openTime > openTime - MINUTE_MS);
  const lastTrade = view.recentTrades(market, 1)[0];
  const first = candles[0];
  const last = lastTrade?.price ?? candles.at(-1)?.close ?? 0;
  let [high, low, volume, quoteVolume, trades] = [0, first?.low ?? 0, 0, 0, 0];
  for (const candle of candles) {
    high = Math.max(high, candle.high);
    low = Math.min(low, candle.low);
    volume += candle.volume;
    quoteVolume += candle.quoteVolume;
    trades += candle.trades;
  }
  return {
    openTime,
    closeTime,
    open: first?.open ?? last,
    high: Math.max(high, first === undefined ? last : high),
    low: first === undefined ? last : low,
    last,
    lastQuantity: lastTrade?.quantity ?? 0,
    previousClose: first?.open ?? last,
    volume,
    quoteVolume,
    trades,
    firstTradeId: first?.firstTradeId ?? -1,
    lastTradeId: candles.at(-1)?.lastTradeId ?? -1,
    bid: view.levels(market, "BUY", 1)[0],
    ask: view.levels(market, "SELL", 1)[0],
  };
}
