import { z } from "zod";
import { ApiError } from "#shared/protocol/errors.ts";
import { intervalStart, nextInterval } from "../views/intervals.ts";
import { ticker24h, tickerOf } from "../views/ticker.ts";
import * as answers from "./answers.ts";
import type { RestDependencies } from "./dependencies.ts";
import { findMarkets, forMarkets, type NamedMarkets, namedMarkets, symbolList } from "./find-market.ts";
import { readMinutes } from "./minutes.ts";
import { oneOf, timeZone, windowSize } from "./parameters.ts";
import { type Route, route } from "./route.ts";
import {
  bookTickerJson,
  miniTickerJson,
  priceTickerJson,
  tickerJson,
  windowTickerJson,
} from "./ticker-json.ts";

const type = oneOf(["FULL", "MINI"], "Default FULL.").optional();
const WINDOW_SYMBOLS_MAX = 100;

/** Figures of one market, several or all. */
export function tickerRoutes(dependencies: RestDependencies): Route[] {
  const { view, clock } = dependencies;

  /** Of a window of time, which the tables are asked for where memory does not hold all of it. */
  const windowTickers = async (
    parameters: NamedMarkets & { readonly type?: "FULL" | "MINI" | undefined },
    openTime: number,
    closeTime: number,
  ) => {
    const { symbol, symbols } = parameters;
    if (symbol === undefined && symbols === undefined)
      throw new ApiError("MANDATORY_PARAM", { field: "symbol" });
    const markets = findMarkets(view, parameters);
    if (markets.length > WINDOW_SYMBOLS_MAX) throw new ApiError("ILLEGAL_PARAM", { field: "symbols" });
    const write = parameters.type === "MINI" ? miniTickerJson : windowTickerJson;
    const tickers = markets.map(async (terms) => {
      const minutes = await readMinutes(dependencies, terms, { start: openTime, end: closeTime });
      return write(terms, tickerOf(view, terms.market.id, minutes, { openTime, closeTime }));
    });
    return symbol === undefined ? await Promise.all(tickers) : await tickers[0];
  };

  return [
    route({
      method: "get",
      path: "/api/v3/ticker/24hr",
      summary: "The last 24 hours",
      security: "none",
      weight: dayTickerWeight,
      parameters: z.object({ ...namedMarkets, type }),
      answer: answers.tickers,
      handle: ({ parameters }) => {
        const write = parameters.type === "MINI" ? miniTickerJson : tickerJson;
        return forMarkets(view, parameters, (terms) =>
          write(terms, ticker24h(view, terms.market.id, clock.now())),
        );
      },
    }),
    route({
      method: "get",
      path: "/api/v3/ticker/tradingDay",
      summary: "The day that a time zone has now",
      security: "none",
      weight: windowTickerWeight,
      parameters: z.object({ ...namedMarkets, timeZone, type }),
      answer: answers.windowTickers,
      handle: ({ parameters }) => {
        const start = intervalStart("1d", clock.now(), parameters.timeZone);
        return windowTickers(parameters, start, nextInterval("1d", start, parameters.timeZone) - 1);
      },
    }),
    route({
      method: "get",
      path: "/api/v3/ticker",
      summary: "A window of time until now",
      security: "none",
      weight: windowTickerWeight,
      parameters: z.object({ ...namedMarkets, windowSize, type }),
      answer: answers.windowTickers,
      handle: ({ parameters }) => {
        const now = clock.now();
        return windowTickers(parameters, intervalStart("1m", now - parameters.windowSize), now);
      },
    }),
    route({
      method: "get",
      path: "/api/v3/ticker/price",
      summary: "The last price",
      security: "none",
      weight: smallTickerWeight,
      parameters: z.object(namedMarkets),
      answer: answers.priceTickers,
      handle: ({ parameters }) => forMarkets(view, parameters, (terms) => priceTickerJson(view, terms)),
    }),
    route({
      method: "get",
      path: "/api/v3/ticker/bookTicker",
      summary: "The best bid and ask",
      security: "none",
      weight: smallTickerWeight,
      parameters: z.object(namedMarkets),
      answer: answers.bookTickers,
      handle: ({ parameters }) => forMarkets(view, parameters, (terms) => bookTickerJson(view, terms)),
    }),
  ];
}

/** Binance: 2 for up to 20 symbols, 40 for up to 100, 80 beyond and for all. */
function dayTickerWeight(sent: ReadonlyMap<string, string>): number {
  if (sent.has("symbol")) return 2;
  const named = sent.get("symbols");
  if (named === undefined) return 80;
  const count = symbolList(named).length;
  if (count <= 20) return 2;
  return count <= 100 ? 40 : 80;
}

/** Binance: 4 a symbol, at most 200. */
function windowTickerWeight(sent: ReadonlyMap<string, string>): number {
  const count = sent.has("symbol") ? 1 : symbolList(sent.get("symbols") ?? "").length;
  return Math.min(4 * Math.max(1, count), 200);
}

/** Binance: 2 for one symbol, 4 otherwise. */
function smallTickerWeight(sent: ReadonlyMap<string, string>): number {
  return sent.has("symbol") ? 2 : 4;
}
