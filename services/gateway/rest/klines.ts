import { formatAmount, formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import type { CandleRow } from "#shared/ports/projections.ts";
import { aggregateCandles, type Interval, intervalStart, nextInterval } from "../views/intervals.ts";
import type { MarketTerms } from "./find-market.ts";
import type { FreshnessDependencies } from "./freshness.ts";
import { readMinutes, type Span } from "./minutes.ts";

export interface KlineQuery {
  readonly interval: Interval;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  /** By whose days the intervals begin: ms ahead of UTC. The times above are UTC all the same. */
  readonly timeZone: number;
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
  const candles = withoutGaps(aggregateCandles(minutes, query.interval, query.timeZone), query, span.end);
  const chosen = candles.filter(({ openTime }) => openTime >= span.start);
  const page = query.startTime === undefined ? chosen.slice(-query.limit) : chosen.slice(0, query.limit);
  return page.map((candle) => klineJson(terms, candle, query));
}

/** The span whose candles the query can ask for: bounds are on open times. */
function spanOf(query: KlineQuery, now: number): Span {
  const { interval, startTime, endTime, timeZone, limit } = query;
  const end = Math.min(endTime ?? now, now);
  if (startTime !== undefined) {
    // One interval more than asked for, because the one that holds `startTime` may have begun before it.
    let after = intervalStart(interval, startTime, timeZone);
    for (let count = 0; count <= limit && after <= end; count++)
      after = nextInterval(interval, after, timeZone);
    return { start: startTime, end: Math.min(end, after - 1) };
  }
  let start = intervalStart(interval, end, timeZone);
  for (let count = 1; count < limit && start > 0; count++)
    start = intervalStart(interval, start - 1, timeZone);
  return { start: Math.max(0, start), end };
}

/** Fills intervals without a trade with the last close, from the first trade on to the end. */
function withoutGaps(candles: readonly CandleRow[], query: KlineQuery, end: number): CandleRow[] {
  const { interval, timeZone } = query;
  const filled: CandleRow[] = [];
  for (const [at, candle] of candles.entries()) {
    filled.push(candle);
    const until = candles[at + 1]?.openTime ?? end + 1;
    for (let openTime = nextInterval(interval, candle.openTime, timeZone); openTime < until; ) {
      filled.push(flat(candle, openTime));
      openTime = nextInterval(interval, openTime, timeZone);
    }
  }
  return filled;
}

function flat({ market, close, lastTradeId }: CandleRow, openTime: number): CandleRow {
  const price = { open: close, high: close, low: close, close };
  const amounts = { volume: 0, quoteVolume: 0, trades: 0, takerBuyVolume: 0, takerBuyQuoteVolume: 0 };
  return { market, openTime, ...price, ...amounts, firstTradeId: lastTradeId, lastTradeId };
}

function klineJson(
  { market, base, quote }: MarketTerms,
  candle: CandleRow,
  { interval, timeZone }: KlineQuery,
): unknown[] {
  return [
    candle.openTime,
    formatPrice(market, candle.open),
    formatPrice(market, candle.high),
    formatPrice(market, candle.low),
    formatPrice(market, candle.close),
    formatQuantity(market, base, candle.volume),
    nextInterval(interval, candle.openTime, timeZone) - 1,
    formatAmount(quote, candle.quoteVolume),
    candle.trades,
    formatQuantity(market, base, candle.takerBuyVolume),
    formatAmount(quote, candle.takerBuyQuoteVolume),
    "0",
  ];
}
