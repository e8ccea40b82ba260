import { z } from "zod";
import * as answers from "./answers.ts";
import type { RestDependencies } from "./dependencies.ts";
import { findMarket } from "./find-market.ts";
import { untilFresh } from "./freshness.ts";
import { OrderJson } from "./order-json.ts";
import { checkEitherSent } from "./order-parameters.ts";
import { integer, limit, symbol } from "./parameters.ts";
import { type Route, route } from "./route.ts";
import { standingOrderId } from "./standing-name.ts";

/** What self-trade prevention kept from trading, from the tables once they have all that this gateway has seen. */
export function preventedMatchRoutes(dependencies: RestDependencies): Route[] {
  const { view, projections } = dependencies;
  const json = new OrderJson(view);
  return [
    route({
      method: "get",
      path: "/api/v3/myPreventedMatches",
      summary: "The account's prevented self-trades in a market",
      security: "user-data",
      weight: (sent) => (sent.has("preventedMatchId") || !sent.has("orderId") ? 2 : 20),
      parameters: z.object({
        symbol,
        preventedMatchId: integer("This one; or those of orderId.").optional(),
        orderId: integer("Those in which this order was maker or taker.").optional(),
        fromPreventedMatchId: integer("From this id on; together with orderId.").optional(),
        limit: limit(500, 1000),
      }),
      answer: answers.preventedMatches,
      handle: async ({ parameters, principal }) => {
        const { market } = findMarket(view, parameters.symbol);
        checkEitherSent(parameters, "preventedMatchId", "orderId");
        const { preventedMatchId, orderId, fromPreventedMatchId } = parameters;
        await untilFresh(dependencies, market.id);
        const matches = await projections.preventedMatches({
          account: principal.account,
          market: market.id,
          limit: parameters.limit,
          ...(preventedMatchId === undefined ? {} : { preventedMatchId }),
          ...(orderId === undefined
            ? {}
            : { orderId: await standingOrderId(dependencies, principal.account, market.id, orderId) }),
          ...(fromPreventedMatchId === undefined ? {} : { fromPreventedMatchId }),
        });
        return matches.map((match) => json.preventedMatch(match));
      },
    }),
  ];
}
