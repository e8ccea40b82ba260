import type { Outcome, Trade } from "#shared/domain/event.ts";
import type { MarketId } from "#shared/domain/ids.ts";
import type { CandleRow, TradeRow } from "#shared/ports/projections.ts";

export const MINUTE_MS = 60_000;

/** Follows each market's candle of the present minute. */
export class CandleFolder {
  readonly #current = new Map<MarketId, CandleRow>();

  /** `current`: the candles of the minute in which folding goes on. */
  constructor(current: Iterable<CandleRow> = []) {
    for (const candle of current) this.#current.set(candle.market, candle);
  }

  /** The candles that an outcome changed, one a market and minute, as they stand after it. */
  fold(outcome: Outcome): CandleRow[] {
    const changed = new Map<MarketId, CandleRow>();
    for (const event of outcome.events) {
      if (event.kind !== "Trade") continue;
      const candle = withTrade(this.#current.get(event.market), event, outcome.time);
      this.#current.set(event.market, candle);
      changed.set(event.market, candle);
    }
    return [...changed.values()];
  }
}

/** A minute's candle after one more trade; a trade in a later minute begins a new one. */
export function withTrade(
  candle: CandleRow | undefined,
  trade: Pick<Trade | TradeRow, "market" | "tradeId" | "price" | "quantity" | "quote" | "takerSide">,
  time: number,
): CandleRow {
  const openTime = time - (time % MINUTE_MS);
  const { market, tradeId, price, quantity, quote } = trade;
  const bought = trade.takerSide === "BUY" ? quantity : 0;
  const boughtQuote = trade.takerSide === "BUY" ? quote : 0;
  if (candle === undefined || candle.openTime < openTime) {
    return {
      market,
      openTime,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: quantity,
      quoteVolume: quote,
      trades: 1,
      takerBuyVolume: bought,
      takerBuyQuoteVolume: boughtQuote,
      firstTradeId: tradeId,
      lastTradeId: tradeId,
    };
  }
  return {
    ...candle,
    high: Math.max(candle.high, price),
    low: Math.min(candle.low, price),
    close: price,
    volume: candle.volume + quantity,
    quoteVolume: candle.quoteVolume + quote,
    trades: candle.trades + 1,
    takerBuyVolume: candle.takerBuyVolume + bought,
    takerBuyQuoteVolume: candle.takerBuyQuoteVolume + boughtQuote,
    lastTradeId: tradeId,
  };
}
