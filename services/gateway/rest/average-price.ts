import { formatDecimal } from "#shared/domain/decimal.ts";
import { formatPrice } from "#shared/domain/market-units.ts";
import { MINUTE_MS } from "#shared/read-model/candle-folder.ts";
import type { MarketsView } from "../views/region-view.ts";
import type { MarketTerms } from "./find-market.ts";

const AVERAGE_MINUTES = 5;

/** Of the last five minutes, by minutes; the last price where nothing was traded in them. */
export function averagePriceNow(view: MarketsView, terms: MarketTerms, now: number) {
  const { market } = terms;
  const recent = view
    .recentCandles(market.id)
    .filter((candle) => candle.openTime > now - AVERAGE_MINUTES * MINUTE_MS);
  const volume = recent.reduce((sum, candle) => sum + candle.volume, 0);
  const quoteVolume = recent.reduce((sum, candle) => sum + candle.quoteVolume, 0);
  const last = view.recentTrades(market.id, 1)[0];
  const price =
    volume === 0 ? formatPrice(market, last?.price ?? 0) : averagePrice(terms, volume, quoteVolume);
  return { mins: AVERAGE_MINUTES, price, closeTime: last?.time ?? 0 };
}

/** Average price = quote traded ÷ base traded, with eight digits, rounded down. BigInt, because the scaled product may pass 2^53. */
export function averagePrice(
  { market, base, quote }: MarketTerms,
  volume: number,
  quoteVolume: number,
): string {
  const numerator = BigInt(quoteVolume) * 10n ** BigInt(8 + base.scale);
  const denominator = BigInt(volume) * BigInt(market.basePerLot) * 10n ** BigInt(quote.scale);
  return formatDecimal(Number(numerator / denominator), 8);
}
