import { z } from "zod";
import * as answers from "./answers.ts";
import type { RestDependencies } from "./dependencies.ts";
import { forMarkets, namedMarkets, symbolList } from "./find-market.ts";
import { oneOf } from "./parameters.ts";
import { type Route, route } from "./route.ts";
import { bookTickerJson, miniTickerJson, priceTickerJson, tickerJson } from "./ticker-json.ts";

/** Figures of one market, several or all. */
export function tickerRoutes({ view, clock }: RestDependencies): Route[] {
  return [
    route({
      method: "get",
      path: "/api/v3/ticker/24hr",
      summary: "The last 24 hours",
      security: "none",
      weight: dayTickerWeight,
      parameters: z.object({ ...namedMarkets, type: oneOf(["FULL", "MINI"], "Default FULL.").optional() }),
      answer: answers.tickers,
      handle: ({ parameters }) => {
        const write = parameters.type === "MINI" ? miniTickerJson : tickerJson;
        return forMarkets(view, parameters, (terms) => write(view, terms, clock.now()));
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

/** Binance: 2 for one symbol, 4 otherwise. */
function smallTickerWeight(sent: ReadonlyMap<string, string>): number {
  return sent.has("symbol") ? 2 : 4;
}
