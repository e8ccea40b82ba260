import type { CandleRow } from "#shared/ports/projections.ts";
import { MINUTE_MS } from "#shared/read-model/candle-folder.ts";
import type { MarketTerms } from "./find-market.ts";
import { type FreshnessDependencies, untilFresh } from "./freshness.ts";

/** Minutes are read so many at a time, and at most so many times (almost two years of minutes); a longer span is cut at its old end. */
const PAGE = 10_000;
const MAX_PAGES = 100;
const VIEW_MS = 23 * 60 * MINUTE_MS;

/** Epoch ms. */
export interface Span {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

/** The candles of a span's minutes that had a trade, oldest first, and before them that of the last minute that had one, whose close fills the gaps. */
export async function readMinutes(
  dependencies: FreshnessDependencies,
  { market }: MarketTerms,
  { start, end }: Span,
): Promise<readonly CandleRow[]> {
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
