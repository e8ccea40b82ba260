import { accountRoutes } from "./account-routes.ts";
import type { RestDependencies } from "./dependencies.ts";
import { generalRoutes } from "./general-routes.ts";
import { historyRoutes } from "./history-routes.ts";
import { marketRoutes } from "./market-routes.ts";
import { neighborRoutes } from "./neighbor-routes.ts";
import { orderListRoutes } from "./order-list-routes.ts";
import { orderRoutes } from "./order-routes.ts";
import { preventedMatchRoutes } from "./prevented-match-routes.ts";
import type { Route } from "./route.ts";
import { tickerRoutes } from "./ticker-routes.ts";

/** Every route of the Binance dialect, in the order in which the documentation lists them. */
export function binanceRoutes(dependencies: RestDependencies): Route[] {
  return [
    ...generalRoutes(dependencies),
    ...marketRoutes(dependencies),
    ...tickerRoutes(dependencies),
    ...orderRoutes(dependencies),
    ...orderListRoutes(dependencies),
    ...historyRoutes(dependencies),
    ...preventedMatchRoutes(dependencies),
    ...accountRoutes(dependencies),
    ...neighborRoutes(),
  ];
}
