import { formatAmount, formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import type { CandleRow } from "#shared/ports/projections.ts";
import { MINUTE_MS } from "#shared/read-model/candle-folder.ts";
import { aggregateCandles, type Interval, intervalStart, nextInterval } from "../views/intervals.ts";
import type { MarketTerms } from "./find-market.ts";
import { type FreshnessDependencies, untilFresh } from "./freshness.ts";

/** Minutes are read so many at a time, and at most so many times (almost two years of minutes); a longer span is cut at its old end. */
const PAGE = 10_000;
const MAX_PAGES = 100;
const VIEW_MS = 23 * 60 * MINUTE_MS;

export interface KlineQuery {
  readonly interval: Interval;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly limit: number;
}

/** As GET /api/v3/klines answers: candles by rising open time, the last one still running. Intervals without a trade repeat the last price. */
export async function klines(
  dependencies: FreshnessDependencies,
  terms: MarketTerms,
  query: KlineQuery,
): Promise<unknown[]> {
  const span = spanOf(query, dependencies.clock.now());
  const minutes = await readMinutes(dependencies, terms, span);
  const candles = withoutGaps(aggregateCandles(minutes, query.interval), query.interval, span.end);
  const chosen = candles.filter(({ openTime }) => openTime >= span.start);
  const page = query.startTime === undefined ? chosen.slice(-query.limit) : chosen.slice(0, query.limit);
  return page.map((candle) => klineJson(terms, candle, query.interval));
}

interface Span {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

/** The span whose candles the query can ask for: bounds are on open times. */
function spanOf({ interval, startTime, endTime, limit }: KlineQuery, now: number): Span {
  const end = Math.min(endTime ?? now, now);
  if (startTime !== undefined) {
    // One interval more than asked for, because the one that holds `startTime` may have begun before it.
    let after = intervalStart(interval, startTime);
    for (let count = 0; count <= limit && after <= end; count++) after = nextInterval(interval, after);
    return { start: startTime, end: Math.min(end, after - 1) };
  }
  let start = intervalStart(interval, end);
  for (let count = 1; count < limit && start > 0; count++) start = intervalStart(interval, start - 1);
  return { start: Math.max(0, start), end };
}

/** The minutes of the span, and before them the last minute that had a trade, whose close fills the gaps. */
async function readMinutes(
  dependencies: FreshnessDependencies,
  { market }: MarketTerms,
  { start, end }: Span,
) {
  const { view, projections, clock } = dependencies;
  const recent = view.recentCandles(market.id);
  // All of it and a minute before it in memory: no table is asked.
  if (start >= clock.now() - VIEW_MS && (recent[0]?.openTime ?? Number.POSITIVE_INFINITY) < start) {
    return recent.filter(({ openTime }) => openTime <= end);
  }
  await untilFresh(dependencies, market.id);
  const pages: CandleRow[][] = [];
  let until = end;
  for (let count = 0; count < MAX_PAGES && until >= 0; count++) {
    const page = await projections.candles({ market: market.id, endTime: until, limit: PAGE });
    pages.unshift([...page]);
    const first = page[0]?.openTime;
    if (first === undefined || first < start || page.length < PAGE) break;
    until = first - 1;
  }
  return pages.flat();
}

/** Fills intervals without a trade with the last close, from the first trade on to the end. */
function withoutGaps(candles: readonly CandleRow[], interval: Interval, end: number): CandleRow[] {
  const filled: CandleRow[] = [];
  for (const [at, candle] of candles.entries()) {
    filled.push(candle);
    const until = candles[at + 1]?.openTime ?? end + 1;
    for (let openTime = nextInterval(interval, candle.openTime); openTime < until; ) {
      filled.push(flat(candle, openTime));
      openTime = nextInterval(interval, openTime);
    }
  }
  return filled;
}

function flat({ market, close, lastTradeId }: CandleRow, openTime: number): CandleRow {
  const price = { open: close, high: close, low: close, close };
  const amounts = { volume: 0, quoteVolume: 0, trades: 0, takerBuyVolume: 0, takerBuyQuoteVolume: 0 };
  return { market, openTime, ...price, ...amounts, firstTradeId: lastTradeId, lastTradeId };
}

function klineJson({ market, base, quote }: MarketTerms, candle: CandleRow, interval: Interval): unknown[] {
  return [
    candle.openTime,
    formatPrice(market, candle.open),
    formatPrice(market, candle.high),
    formatPrice(market, candle.low),
    formatPrice(market, candle.close),
    formatQuantity(market, base, candle.volume),
    nextInterval(interval, candle.openTime) - 1,
    formatAmount(quote, candle.quoteVolume),
    candle.trades,
    formatQuantity(market, base, candle.takerBuyVolume),
    formatAmount(quote, candle.takerBuyQuoteVolume),
    "0",
  ];
}
