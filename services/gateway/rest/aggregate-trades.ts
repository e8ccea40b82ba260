import { formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import type { TradeRow } from "#shared/ports/projections.ts";
import type { MarketTerms } from "./find-market.ts";
import type { FreshnessDependencies } from "./freshness.ts";
import { publicTrades, type TradePage } from "./public-trades.ts";

/** Trades are read so many at a time, and at most so many times: an answer may hold fewer aggregates than asked for, never wrong ones. */
const PAGE = 1000;
const MAX_PAGES = 20;

/**
 * A market's trades with those of one taker order at one price and time together, oldest first. An aggregate's id is that of its first trade.
 * Pages are read until there is one aggregate more than asked for, so that none at the edge of a page is cut.
 */
export async function aggregateTrades(
  dependencies: FreshnessDependencies,
  terms: MarketTerms,
  page: TradePage,
): Promise<unknown[]> {
  const isForward = page.fromId !== undefined || page.startTime !== undefined;
  const groups = isForward
    ? await readForward(dependencies, terms, page)
    : await readBackward(dependencies, terms, page);
  return groups.map((group) => aggregateJson(terms, group));
}

async function readForward(dependencies: FreshnessDependencies, { market }: MarketTerms, page: TradePage) {
  let rows: readonly TradeRow[] = [];
  let query: TradePage = { ...page, limit: PAGE };
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const more = await publicTrades(dependencies, market.id, query);
    // Times bound the first page only: what follows it is told by ids, and cut at `endTime` here.
    const inTime = more.filter(({ time }) => page.endTime === undefined || time <= page.endTime);
    rows = [...rows, ...inTime];
    const groups = grouped(rows);
    const isAtEnd = more.length < PAGE || inTime.length < more.length;
    if (isAtEnd || groups.length > page.limit) return groups.slice(0, page.limit);
    query = { fromId: (rows.at(-1)?.tradeId ?? 0) + 1, limit: PAGE };
  }
  return grouped(rows).slice(0, -1);
}

async function readBackward(dependencies: FreshnessDependencies, { market }: MarketTerms, page: TradePage) {
  let rows = await publicTrades(dependencies, market.id, { ...page, limit: PAGE });
  for (let pages = 1; pages < MAX_PAGES; pages++) {
    const groups = grouped(rows);
    const first = rows[0]?.tradeId ?? 1;
    if (first === 1 || groups.length > page.limit) return groups.slice(-page.limit);
    const fromId = Math.max(1, first - PAGE);
    rows = [...(await publicTrades(dependencies, market.id, { fromId, limit: first - fromId })), ...rows];
  }
  return grouped(rows).slice(1).slice(-page.limit);
}

/** The trades that aggregates are made of: those of one taker order at one price and time. */
export function grouped(rows: readonly TradeRow[]): TradeRow[][] {
  const groups: TradeRow[][] = [];
  for (const row of rows) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (last?.takerOrderId === row.takerOrderId && last.price === row.price && last.time === row.time) {
      group?.push(row);
    } else {
      groups.push([row]);
    }
  }
  return groups;
}

export function aggregateJson({ market, base }: MarketTerms, group: readonly TradeRow[]) {
  const [first] = group;
  return {
    a: first?.tradeId,
    p: formatPrice(market, first?.price ?? 0),
    q: formatQuantity(
      market,
      base,
      group.reduce((sum, { quantity }) => sum + quantity, 0),
    ),
    f: first?.tradeId,
    l: group.at(-1)?.tradeId,
    T: first?.time,
    m: first?.takerSide === "SELL",
    M: true,
  };
}
