import { z } from "zod";
import * as answers from "./answers.ts";
import { type Route, route } from "./route.ts";

/** Routes of Binance's other products that clients ask while they load markets: there is nothing of the kind here, and it is said so. */
export function neighborRoutes(): Route[] {
  const nothing = (path: string, summary: string): Route =>
    route({
      method: "get",
      path,
      summary,
      security: "user-data",
      weight: 1,
      parameters: z.object({}),
      answer: answers.nothing,
      handle: () => [],
    });
  const noSymbols = (path: string, summary: string): Route =>
    route({
      method: "get",
      path,
      summary,
      security: "none",
      weight: 1,
      parameters: z.object({}),
      answer: answers.noSymbols,
      handle: () => ({ symbols: [] }),
    });
  return [
    route({
      method: "get",
      path: "/sapi/v1/system/status",
      summary: "Whether the system is under maintenance",
      security: "none",
      weight: 1,
      parameters: z.object({}),
      answer: answers.systemStatus,
      handle: () => ({ status: 0, msg: "normal" }),
    }),
    nothing("/sapi/v1/capital/config/getall", "Coins that can be moved on chains: none"),
    nothing("/sapi/v1/margin/allPairs", "Margin pairs: none"),
    nothing("/sapi/v1/margin/isolated/allPairs", "Isolated margin pairs: none"),
    noSymbols("/fapi/v1/exchangeInfo", "Futures: none"),
    noSymbols("/dapi/v1/exchangeInfo", "Coin futures: none"),
  ];
}
