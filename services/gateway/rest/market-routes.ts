import { z } from "zod";
import { ORDER_TYPES } from "#shared/domain/order.ts";
import { formatAmount, formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import { MINUTE_MS } from "#shared/read-model/candle-folder.ts";
import type { CandleRow, TradeRow } from "#shared/ports/projections.ts";
import { aggregateCandles, type Interval, intervalStart, nextInterval } from "../views/intervals.ts";
import { averagePrice } from "./average-price.ts";
import type { RestDependencies } from "./dependencies.ts";
import { findMarket, findMarkets, type MarketTerms } from "./find-market.ts";
import { untilFresh } from "./freshness.ts";
import { OrderJson } from "./order-json.ts";
import { endTime, integer, interval, limit, startTime, symbol, symbols } from "./parameters.ts";
import { type Route, route } from "./route.ts";
import { bookTickerJson, priceTickerJson, tickerJson } from "./ticker-json.ts";

const some = z.object({ symbol: symbol.optional(), symbols: symbols.optional() });

/** Public market data. */
export function marketRoutes(dependencies: RestDependencies): Route[] {
  const { view, clock, projections } = dependencies;
  const json = new OrderJson(view);

  /** One object for `symbol`, a list otherwise. */
  const each = (sent: z.output<typeof some>, write: (terms: MarketTerms) => unknown): unknown => {
    const answers = findMarkets(view, sent).map(write);
    return sent.symbol === undefined ? answers : answers[0];
  };

  /** Trades from the tables where ids or times are asked for, else the newest from memory. */
  const trades = async (terms: MarketTerms, page: Omit<Parameters<typeof projections.trades>[0], "market">): Promise<readonly TradeRow[]> => {
    const market = terms.market.id;
    if (page.fromTradeId === undefined && page.startTime === undefined && page.endTime === undefined) {
      return view.recentTrades(market, page.limit);
    }
    await untilFresh(dependencies);
    return projections.trades({ market, ...page });
  };

  const klines = route({
    method: "get",
    path: "/api/v3/klines",
    summary: "Candles of a market",
    security: "none",
    weight: 2,
    parameters: z.object({ symbol, interval, startTime, endTime, limit: limit(500, 1000) }),
    handle: async ({ parameters }) => {
      const terms = findMarket(view, parameters.symbol);
      const rows = await candles(dependencies, terms, parameters);
      return rows.map((row) => klineJson(terms, row, parameters.interval));
    },
  });

  return [
    route({
      method: "get",
      path: "/api/v3/ping",
      summary: "Test the connection",
      security: "none",
      weight: 1,
      parameters: z.object({}),
      handle: () => ({}),
    }),
    route({
      method: "get",
      path: "/api/v3/time",
      summary: "The server's time",
      security: "none",
      weight: 1,
      parameters: z.object({}),
      handle: () => ({ serverTime: clock.now() }),
    }),
    route({
      method: "get",
      path: "/api/v3/exchangeInfo",
      summary: "Markets, their filters and the rate limits",
      security: "none",
      weight: 20,
      parameters: some,
      handle: ({ parameters }) => ({
        timezone: "UTC",
        serverTime: clock.now(),
        rateLimits: RATE_LIMITS,
        exchangeFilters: [],
        symbols: findMarkets(view, parameters).map(symbolJson),
      }),
    }),
    route({
      method: "get",
      path: "/api/v3/depth",
      summary: "The order book",
      security: "none",
      weight: ({ limit: levels }) => (levels <= 100 ? 5 : levels <= 500 ? 25 : levels <= 1000 ? 50 : 250),
      parameters: z.object({ symbol, limit: limit(100, 5000) }),
      handle: ({ parameters }) => {
        const { market, base } = findMarket(view, parameters.symbol);
        const side = (name: "BUY" | "SELL") =>
          view
            .levels(market.id, name, parameters.limit)
            .map(({ price, quantity }) => [formatPrice(market, price), formatQuantity(market, base, quantity)]);
        return { lastUpdateId: view.lastUpdateId(market.id), bids: side("BUY"), asks: side("SELL") };
      },
    }),
    route({
      method: "get",
      path: "/api/v3/trades",
      summary: "The newest trades",
      security: "none",
      weight: 25,
      parameters: z.object({ symbol, limit: limit(500, 1000) }),
      handle: async ({ parameters }) => {
        const rows = await trades(findMarket(view, parameters.symbol), { limit: parameters.limit });
        return rows.map((trade) => json.publicTrade(trade));
      },
    }),
    route({
      method: "get",
      path: "/api/v3/historicalTrades",
      summary: "Trades from an id on",
      security: "none",
      weight: 25,
      parameters: z.object({ symbol, fromId: integer.optional(), limit: limit(500, 1000) }),
      handle: async ({ parameters: { symbol: id, fromId, limit: count } }) => {
        const page = fromId === undefined ? {} : { fromTradeId: fromId };
        const rows = await trades(findMarket(view, id), { ...page, limit: count });
        return rows.map((trade) => json.publicTrade(trade));
      },
    }),
    route({
      method: "get",
      path: "/api/v3/aggTrades",
      summary: "Trades of one taker order at one price, together",
      security: "none",
      weight: 4,
      parameters: z.object({ symbol, fromId: integer.optional(), startTime, endTime, limit: limit(500, 1000) }),
      handle: async ({ parameters }) => {
        const terms = findMarket(view, parameters.symbol);
        const rows = await trades(terms, {
          limit: parameters.limit,
          ...(parameters.fromId === undefined ? {} : { fromTradeId: parameters.fromId }),
          ...(parameters.startTime === undefined ? {} : { startTime: parameters.startTime }),
          ...(parameters.endTime === undefined ? {} : { endTime: parameters.endTime }),
        });
        return rows.map((trade) => aggregateJson(terms, trade));
      },
    }),
    klines,
    { ...klines, path: "/api/v3/uiKlines", summary: "The same candles, under the name that charts use" },
    route({
      method: "get",
      path: "/api/v3/avgPrice",
      summary: "The average price of the last five minutes",
      security: "none",
      weight: 2,
      parameters: z.object({ symbol }),
      handle: ({ parameters }) => {
        const { market, base, quote } = findMarket(view, parameters.symbol);
        const now = clock.now();
        const recent = view.recentCandles(market.id).filter((candle) => candle.openTime > now - 5 * MINUTE_MS);
        const volume = recent.reduce((sum, candle) => sum + candle.volume, 0);
        const quoteVolume = recent.reduce((sum, candle) => sum + candle.quoteVolume, 0);
        const last = view.recentTrades(market.id, 1)[0];
        const price =
          volume === 0 ? formatPrice(market, last?.price ?? 0) : averagePrice({ market, base, quote }, volume, quoteVolume);
        return { mins: 5, price, closeTime: last?.time ?? 0 };
      },
    }),
    route({
      method: "get",
      path: "/api/v3/ticker/24hr",
      summary: "The last 24 hours of markets",
      security: "none",
      weight: ({ symbol: one }) => (one === undefined ? 80 : 2),
      parameters: some,
      handle: ({ parameters }) => each(parameters, (terms) => tickerJson(view, terms, clock.now())),
    }),
    route({
      method: "get",
      path: "/api/v3/ticker/price",
      summary: "The last price of markets",
      security: "none",
      weight: ({ symbol: one }) => (one === undefined ? 4 : 2),
      parameters: some,
      handle: ({ parameters }) => each(parameters, (terms) => priceTickerJson(view, terms)),
    }),
    route({
      method: "get",
      path: "/api/v3/ticker/bookTicker",
      summary: "The best bid and ask of markets",
      security: "none",
      weight: ({ symbol: one }) => (one === undefined ? 4 : 2),
      parameters: some,
      handle: ({ parameters }) => each(parameters, (terms) => bookTickerJson(view, terms)),
    }),
  ];
}

const RATE_LIMITS = [
  { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 6000 },
  { rateLimitType: "ORDERS", interval: "SECOND", intervalNum: 10, limit: 100 },
  { rateLimitType: "ORDERS", interval: "DAY", intervalNum: 1, limit: 200_000 },
];

async function candles(
  { view, clock, projections, ...rest }: RestDependencies,
  { market }: MarketTerms,
  query: { interval: Interval; startTime?: number | undefined; endTime?: number | undefined; limit: number },
): Promise<CandleRow[]> {
  const end = query.endTime ?? clock.now();
  // From far enough back to fill the page; minutes without trades have no candle, so a page may hold fewer.
  let start = query.startTime;
  if (start === undefined) {
    const length = nextInterval(query.interval, 0) - intervalStart(query.interval, 0);
    start = Math.max(0, intervalStart(query.interval, end) - (query.limit - 1) * length);
  }
  await untilFresh({ view, clock, projections, ...rest });
  const minutes = await projections.candles({
    market: market.id,
    startTime: intervalStart(query.interval, start),
    endTime: end,
    limit: MAX_MINUTES,
  });
  const all = aggregateCandles(minutes, query.interval).filter((candle) => candle.openTime >= (query.startTime ?? 0));
  return query.startTime === undefined ? all.slice(-query.limit) : all.slice(0, query.limit);
}

/** No query reads more minutes than this (about a year); longer spans are cut. */
const MAX_MINUTES = 550_000;

function klineJson({ market, base, quote }: MarketTerms, candle: CandleRow, name: Interval): unknown[] {
  return [
    candle.openTime,
    formatPrice(market, candle.open),
    formatPrice(market, candle.high),
    formatPrice(market, candle.low),
    formatPrice(market, candle.close),
    formatQuantity(market, base, candle.volume),
    nextInterval(name, candle.openTime) - 1,
    formatAmount(quote, candle.quoteVolume),
    candle.trades,
    formatQuantity(market, base, candle.takerBuyVolume),
    formatAmount(quote, candle.takerBuyQuoteVolume),
    "0",
  ];
}

/** Each trade is an aggregate of its own here: one taker order that meets two makers at one price makes two. */
function aggregateJson({ market, base }: MarketTerms, trade: TradeRow) {
  return {
    a: trade.tradeId,
    p: formatPrice(market, trade.price),
    q: formatQuantity(market, base, trade.quantity),
    f: trade.tradeId,
    l: trade.tradeId,
    T: trade.time,
    m: trade.takerSide === "SELL",
    M: true,
  };
}

function symbolJson({ market, base, quote }: MarketTerms) {
  return {
    symbol: market.id,
    status: "TRADING",
    baseAsset: base.id,
    baseAssetPrecision: 8,
    quoteAsset: quote.id,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ORDER_TYPES,
    icebergAllowed: false,
    ocoAllowed: false,
    otoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: false,
    amendAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      {
        filterType: "PRICE_FILTER",
        minPrice: formatPrice(market, market.minPrice),
        maxPrice: formatPrice(market, market.maxPrice),
        tickSize: formatPrice(market, 1),
      },
      {
        filterType: "LOT_SIZE",
        minQty: formatQuantity(market, base, market.minQuantity),
        maxQty: formatQuantity(market, base, market.maxQuantity),
        stepSize: formatQuantity(market, base, 1),
      },
      {
        filterType: "NOTIONAL",
        minNotional: formatAmount(quote, market.minNotional),
        applyMinToMarket: true,
        maxNotional: formatAmount(quote, market.maxNotional),
        applyMaxToMarket: true,
        avgPriceMins: 0,
      },
    ],
    permissions: [],
    permissionSets: [["SPOT"]],
    defaultSelfTradePreventionMode: market.defaultSelfTradePrevention,
    allowedSelfTradePreventionModes: market.allowedSelfTradePrevention,
  };
}
