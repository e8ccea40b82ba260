import { formatDecimal } from "#shared/domain/decimal.ts";
import type { MarketTerms } from "./find-market.ts";

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
