import type { EngineState } from "#shared/domain/engine-state.ts";
import type { CandleRow, Projections } from "#shared/ports/projections.ts";
import { MINUTE_MS, withTrade } from "./candle-folder.ts";

/** The candles of the minute in which a state stands, from the trades up to it: the tables may be further. */
export async function candlesAt(
  state: EngineState | undefined,
  projections: Projections,
): Promise<readonly CandleRow[]> {
  if (state === undefined) return [];
  const startTime = state.time - (state.time % MINUTE_MS);
  const candles: CandleRow[] = [];
  for (const { market, lastTradeId } of state.markets) {
    const limit = Number.MAX_SAFE_INTEGER;
    const trades = await projections.trades({ market: market.id, startTime, endTime: state.time, limit });
    let candle: CandleRow | undefined;
    for (const trade of trades)
      if (trade.tradeId <= lastTradeId) candle = withTrade(candle, trade, trade.time);
    if (candle !== undefined) candles.push(candle);
  }
  return candles;
}
