import { formatDecimal } from "#shared/domain/decimal.ts";
import { formatAmount, formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import { hasPercentPrice } from "./check-filters.ts";
import type { MarketTerms } from "./find-market.ts";

/** Multipliers are kept in ten-thousandths. */
const MULTIPLIER_DIGITS = 4;

/** A market's filters in Binance's words; those that it does not have are left out. */
export function filtersJson({ market, base, quote }: MarketTerms) {
  const quantity = (lots: number) => formatQuantity(market, base, lots);
  const multiplier = (ratio: number) => formatDecimal(ratio, MULTIPLIER_DIGITS);
  return [
    {
      filterType: "PRICE_FILTER",
      minPrice: formatPrice(market, market.minPrice),
      maxPrice: formatPrice(market, market.maxPrice),
      tickSize: formatPrice(market, 1),
    },
    {
      filterType: "LOT_SIZE",
      minQty: quantity(market.minQuantity),
      maxQty: quantity(market.maxQuantity),
      stepSize: quantity(1),
    },
    ...(market.maxIcebergParts > 0 ? [{ filterType: "ICEBERG_PARTS", limit: market.maxIcebergParts }] : []),
    {
      filterType: "MARKET_LOT_SIZE",
      minQty: quantity(market.marketMinQuantity),
      maxQty: quantity(market.marketMaxQuantity),
      stepSize: quantity(1),
    },
    ...(market.maxTrailingAboveDelta + market.maxTrailingBelowDelta > 0
      ? [
          {
            filterType: "TRAILING_DELTA",
            minTrailingAboveDelta: market.minTrailingAboveDelta,
            maxTrailingAboveDelta: market.maxTrailingAboveDelta,
            minTrailingBelowDelta: market.minTrailingBelowDelta,
            maxTrailingBelowDelta: market.maxTrailingBelowDelta,
          },
        ]
      : []),
    ...(hasPercentPrice(market)
      ? [
          {
            filterType: "PERCENT_PRICE_BY_SIDE",
            bidMultiplierUp: multiplier(market.bidMultiplierUp),
            bidMultiplierDown: multiplier(market.bidMultiplierDown),
            askMultiplierUp: multiplier(market.askMultiplierUp),
            askMultiplierDown: multiplier(market.askMultiplierDown),
            // Prices are measured against the last one.
            avgPriceMins: 0,
          },
        ]
      : []),
    {
      filterType: "NOTIONAL",
      minNotional: formatAmount(quote, market.minNotional),
      applyMinToMarket: true,
      maxNotional: formatAmount(quote, market.maxNotional),
      applyMaxToMarket: true,
      // MARKET orders are measured at the last price.
      avgPriceMins: 0,
    },
    ...(market.maxPosition > 0
      ? [{ filterType: "MAX_POSITION", maxPosition: formatAmount(base, market.maxPosition) }]
      : []),
    ...limit("MAX_NUM_ORDERS", "maxNumOrders", market.maxOrders),
    ...limit("MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders", market.maxAlgoOrders),
    ...limit("MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders", market.maxIcebergOrders),
    ...limit("MAX_NUM_ORDER_LISTS", "maxNumOrderLists", market.maxOrderLists),
  ];
}

/** 0: no such filter. */
function limit(filterType: string, name: string, count: number): object[] {
  return count > 0 ? [{ filterType, [name]: count }] : [];
}
