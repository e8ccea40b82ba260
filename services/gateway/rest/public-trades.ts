import type { MarketId } from "#shared/domain/ids.ts";
import type { TradeQuery, TradeRow } from "#shared/ports/projections.ts";
import { type FreshnessDependencies, untilFresh } from "./freshness.ts";

export interface TradePage {
  readonly fromId?: number | undefined;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly limit: number;
}

/** A market's trades, oldest first: the newest from memory where they are enough, others from the tables. */
export async function publicTrades(
  dependencies: FreshnessDependencies,
  market: MarketId,
  { fromId, startTime, endTime, limit }: TradePage,
): Promise<readonly TradeRow[]> {
  const { view, projections } = dependencies;
  if (fromId === undefined && startTime === undefined && endTime === undefined) {
    const recent = view.recentTrades(market, limit);
    if (recent.length >= limit || recent[0]?.tradeId === 1) return recent;
  }
  await untilFresh(dependencies, market);
  const query: TradeQuery = {
    market,
    limit,
    ...(fromId === undefined ? {} : { fromTradeId: fromId }),
    ...(startTime === undefined ? {} : { startTime }),
    ...(endTime === undefined ? {} : { endTime }),
  };
  return projections.trades(query);
}
