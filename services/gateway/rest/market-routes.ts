import { z } from "zod";
import { formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { aggregateTrades } from "./aggregate-trades.ts";
import * as answers from "./answers.ts";
import { averagePriceNow } from "./average-price.ts";
import type { RestDependencies } from "./dependencies.ts";
import { findMarket } from "./find-market.ts";
import { klines } from "./klines.ts";
import { OrderJson } from "./order-json.ts";
import { endTime, integer, interval, limit, startTime, symbol, timeZone } from "./parameters.ts";
import { publicTrades } from "./public-trades.ts";
import { type Route, route } from "./route.ts";

const fromId = integer("From this id on, inclusive.").optional();

/** Books, trades, candles of one market. */
export function marketRoutes(dependencies: RestDependencies): Route[] {
  const { view, clock } = dependencies;
  const json = new OrderJson(view);
  const klineRoute = (path: string, summary: string) =>
    route({
      method: "get",
      path,
      summary,
      security: "none",
      weight: 2,
      parameters: z.object({ symbol, interval, startTime, endTime, timeZone, limit: limit(500, 1000) }),
      answer: answers.klines,
      handle: ({ parameters }) => klines(dependencies, findMarket(view, parameters.symbol), parameters),
    });

  return [
    route({
      method: "get",
      path: "/api/v3/depth",
      summary: "The order book",
      security: "none",
      weight: depthWeight,
      parameters: z.object({ symbol, limit: limit(100, 5000) }),
      answer: answers.depth,
      handle: ({ parameters }) => {
        const { market, base } = findMarket(view, parameters.symbol);
        const side = (name: "BUY" | "SELL") =>
          view
            .levels(market.id, name, parameters.limit)
            .map(({ price, quantity }) => [
              formatPrice(market, price),
              formatQuantity(market, base, quantity),
            ]);
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
      answer: answers.trades,
      handle: ({ parameters }) => {
        const { market } = findMarket(view, parameters.symbol);
        return view.recentTrades(market.id, parameters.limit).map((trade) => json.publicTrade(trade));
      },
    }),
    route({
      method: "get",
      path: "/api/v3/historicalTrades",
      summary: "Trades from an id on",
      security: "none",
      weight: 25,
      parameters: z.object({ symbol, fromId, limit: limit(500, 1000) }),
      answer: answers.trades,
      handle: async ({ parameters }) => {
        const { market } = findMarket(view, parameters.symbol);
        const rows = await publicTrades(dependencies, market.id, parameters);
        return rows.map((trade) => json.publicTrade(trade));
      },
    }),
    route({
      method: "get",
      path: "/api/v3/aggTrades",
      summary: "Trades of one taker order at one price and time, together",
      security: "none",
      weight: 4,
      parameters: z.object({ symbol, fromId, startTime, endTime, limit: limit(500, 1000) }),
      answer: answers.aggregateTrades,
      handle: ({ parameters }) => {
        const terms = findMarket(view, parameters.symbol);
        if (parameters.fromId !== undefined && (parameters.startTime ?? parameters.endTime) !== undefined) {
          throw new ApiError("BAD_COMBINATION");
        }
        return aggregateTrades(dependencies, terms, parameters);
      },
    }),
    klineRoute("/api/v3/klines", "Candles"),
    klineRoute("/api/v3/uiKlines", "The same candles, under the name that charts use"),
    route({
      method: "get",
      path: "/api/v3/avgPrice",
      summary: "The average price of the last five minutes",
      security: "none",
      weight: 2,
      parameters: z.object({ symbol }),
      answer: answers.averagePrice,
      handle: ({ parameters }) => averagePriceNow(view, findMarket(view, parameters.symbol), clock.now()),
    }),
  ];
}

/** Binance: 5, 25, 50, 250 for up to 100, 500, 1000, 5000 levels. */
function depthWeight(sent: ReadonlyMap<string, string>): number {
  const levels = Number(sent.get("limit") ?? 100);
  if (levels <= 100) return 5;
  if (levels <= 500) return 25;
  return levels <= 1000 ? 50 : 250;
}
