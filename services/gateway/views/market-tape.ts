import type { CandleRow, TradeRow } from "#shared/ports/projections.ts";
import { MINUTE_MS, withTrade } from "#shared/read-model/candle-folder.ts";

/** How much of a market's past a gateway keeps in memory. */
const RECENT_TRADES = 1000;
const RECENT_MS = 24 * 60 * MINUTE_MS;

/** The newest trades of a market and its one-minute candles of the last 24 hours. */
export class MarketTape {
  readonly #trades: TradeRow[];
  readonly #candles: CandleRow[];

  constructor(trades: readonly TradeRow[], candles: readonly CandleRow[]) {
    this.#trades = trades.slice(-RECENT_TRADES);
    this.#candles = [...candles];
  }

  apply(trade: TradeRow): void {
    this.#trades.push(trade);
    // Cut now and then, not at each trade: the array is never more than twice its bound.
    if (this.#trades.length >= 2 * RECENT_TRADES) this.#trades.splice(0, RECENT_TRADES);
    const last = this.#candles.at(-1);
    const candle = withTrade(last, trade, trade.time);
    if (last?.openTime === candle.openTime) this.#candles[this.#candles.length - 1] = candle;
    else this.#candles.push(candle);
    while ((this.#candles[0]?.openTime ?? trade.time) < trade.time - RECENT_MS) this.#candles.shift();
  }

  /** Oldest first. */
  trades(limit: number): readonly TradeRow[] {
    return this.#trades.slice(-Math.min(limit, RECENT_TRADES));
  }

  candles(): readonly CandleRow[] {
    return this.#candles;
  }
}
