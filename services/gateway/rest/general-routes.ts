import { z } from "zod";
import type { TradingState } from "#shared/domain/market.ts";
import { ORDER_TYPES } from "#shared/domain/order.ts";
import * as answers from "./answers.ts";
import type { RestDependencies } from "./dependencies.ts";
import { filtersJson } from "./filters-json.ts";
import { findMarkets, type MarketTerms, namedMarkets } from "./find-market.ts";
import { text } from "./parameters.ts";
import type { RateLimitConfig } from "./rate-limit-config.ts";
import { type Route, route } from "./route.ts";

/** Connection, time, markets. */
export function generalRoutes({ view, clock, rateLimits }: RestDependencies): Route[] {
  return [
    route({
      method: "get",
      path: "/api/v3/ping",
      summary: "Test the connection",
      security: "none",
      weight: 1,
      parameters: z.object({}),
      answer: answers.empty,
      handle: () => ({}),
    }),
    route({
      method: "get",
      path: "/api/v3/time",
      summary: "The server's time",
      security: "none",
      weight: 1,
      parameters: z.object({}),
      answer: answers.serverTime,
      handle: () => ({ serverTime: clock.now() }),
    }),
    route({
      method: "get",
      path: "/api/v3/exchangeInfo",
      summary: "Markets, their filters and the rate limits",
      security: "none",
      weight: 20,
      parameters: z.object({
        ...namedMarkets,
        permissions: text(
          /^[A-Z0-9_,"[\]]{1,400}$/,
          "Every market is SPOT: this selects nothing.",
        ).optional(),
      }),
      answer: answers.exchangeInfo,
      handle: ({ parameters }) => ({
        timezone: "UTC",
        serverTime: clock.now(),
        rateLimits: limitsJson(rateLimits),
        exchangeFilters: [],
        symbols: findMarkets(view, parameters).map((terms) =>
          symbolJson(terms, view.tradingState(terms.market.id)),
        ),
      }),
    }),
  ];
}

function limitsJson({ weightPerMinute, ordersPer10Seconds, ordersPerDay }: RateLimitConfig) {
  return [
    { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: weightPerMinute },
    { rateLimitType: "ORDERS", interval: "SECOND", intervalNum: 10, limit: ordersPer10Seconds },
    { rateLimitType: "ORDERS", interval: "DAY", intervalNum: 1, limit: ordersPerDay },
  ];
}

function symbolJson(terms: MarketTerms, status: TradingState) {
  const { market, base, quote } = terms;
  return {
    symbol: market.id,
    status,
    baseAsset: base.id,
    baseAssetPrecision: base.scale,
    quoteAsset: quote.id,
    quotePrecision: quote.scale,
    quoteAssetPrecision: quote.scale,
    baseCommissionPrecision: base.scale,
    quoteCommissionPrecision: quote.scale,
    orderTypes: ORDER_TYPES,
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: true,
    cancelReplaceAllowed: true,
    amendAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: filtersJson(terms),
    permissions: [],
    permissionSets: [["SPOT"]],
    defaultSelfTradePreventionMode: market.defaultSelfTradePrevention,
    allowedSelfTradePreventionModes: market.allowedSelfTradePrevention,
  };
}
