import { formatDecimal } from "#shared/domain/decimal.ts";
import { formatAmount, formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import type { MarketsView } from "../views/region-view.ts";
import type { Ticker } from "../views/ticker.ts";
import { averagePrice } from "./average-price.ts";
import type { MarketTerms } from "./find-market.ts";

/** As the tickers answer with type MINI. */
export function miniTickerJson({ market, base, quote }: MarketTerms, ticker: Ticker) {
  return {
    symbol: market.id,
    openPrice: formatPrice(market, ticker.open),
    highPrice: formatPrice(market, ticker.high),
    lowPrice: formatPrice(market, ticker.low),
    lastPrice: formatPrice(market, ticker.last),
    volume: formatQuantity(market, base, ticker.volume),
    quoteVolume: formatAmount(quote, ticker.quoteVolume),
    openTime: ticker.openTime,
    closeTime: ticker.closeTime,
    firstId: ticker.firstTradeId,
    lastId: ticker.lastTradeId,
    count: ticker.trades,
  };
}

/** As GET /api/v3/ticker and GET /api/v3/ticker/tradingDay answer. */
export function windowTickerJson(terms: MarketTerms, ticker: Ticker) {
  const change = ticker.last - ticker.open;
  return {
    priceChange: signedPrice(terms, change),
    priceChangePercent: percent(change, ticker.open),
    weightedAvgPrice:
      ticker.volume === 0
        ? formatPrice(terms.market, 0)
        : averagePrice(terms, ticker.volume, ticker.quoteVolume),
    ...miniTickerJson(terms, ticker),
  };
}

/** As GET /api/v3/ticker/24hr answers. */
export function tickerJson(terms: MarketTerms, ticker: Ticker) {
  const { market, base } = terms;
  return {
    prevClosePrice: formatPrice(market, ticker.previousClose),
    lastQty: formatQuantity(market, base, ticker.lastQuantity),
    bidPrice: formatPrice(market, ticker.bid?.price ?? 0),
    bidQty: formatQuantity(market, base, ticker.bid?.quantity ?? 0),
    askPrice: formatPrice(market, ticker.ask?.price ?? 0),
    askQty: formatQuantity(market, base, ticker.ask?.quantity ?? 0),
    ...windowTickerJson(terms, ticker),
  };
}

/** As GET /api/v3/ticker/price answers. */
export function priceTickerJson(view: MarketsView, { market }: MarketTerms) {
  return { symbol: market.id, price: formatPrice(market, view.recentTrades(market.id, 1)[0]?.price ?? 0) };
}

/** As GET /api/v3/ticker/bookTicker answers. */
export function bookTickerJson(view: MarketsView, { market, base }: MarketTerms) {
  const [bid] = view.levels(market.id, "BUY", 1);
  const [ask] = view.levels(market.id, "SELL", 1);
  return {
    symbol: market.id,
    bidPrice: formatPrice(market, bid?.price ?? 0),
    bidQty: formatQuantity(market, base, bid?.quantity ?? 0),
    askPrice: formatPrice(market, ask?.price ?? 0),
    askQty: formatQuantity(market, base, ask?.quantity ?? 0),
  };
}

function signedPrice({ market }: MarketTerms, ticks: number): string {
  return ticks < 0 ? `-${formatPrice(market, -ticks)}` : formatPrice(market, ticks);
}

/** A change in percent with three digits, rounded towards zero. */
function percent(change: number, open: number): string {
  if (open === 0) return "0.000";
  const thousandths = Number((BigInt(Math.abs(change)) * 100_000n) / BigInt(open));
  return (change < 0 && thousandths > 0 ? "-" : "") + formatDecimal(thousandths, 3);
}
