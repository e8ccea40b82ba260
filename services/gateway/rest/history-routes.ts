import { z } from "zod";
import type { AccountId, OrderId } from "#shared/domain/ids.ts";
import type { TradeRow } from "#shared/ports/projections.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import * as answers from "./answers.ts";
import type { RestDependencies } from "./dependencies.ts";
import { findMarket } from "./find-market.ts";
import { findOrder } from "./find-order.ts";
import { untilFresh } from "./freshness.ts";
import { OrderJson } from "./order-json.ts";
import { checkOrderName, orderName } from "./order-parameters.ts";
import { endTime, integer, limit, startTime, symbol } from "./parameters.ts";
import { type Route, route } from "./route.ts";
import { standingOrderId } from "./standing-name.ts";
import { bounds, checkSpan } from "./time-span.ts";

/** An account's orders and trades: open ones from memory, others from the tables once they have all that this gateway has seen. */
export function historyRoutes(dependencies: RestDependencies): Route[] {
  const { view, projections } = dependencies;
  const json = new OrderJson(view);
  return [
    route({
      method: "get",
      path: "/api/v3/order",
      summary: "One order, open or ended",
      security: "user-data",
      weight: 4,
      parameters: z.object({ symbol, ...orderName }),
      answer: answers.order,
      handle: async ({ parameters, principal }) => {
        checkOrderName(parameters);
        const { market } = findMarket(view, parameters.symbol);
        const order = await findOrder(dependencies, principal.account, market.id, parameters);
        if (order === undefined) throw new ApiError("NO_SUCH_ORDER");
        return json.order(order);
      },
    }),
    route({
      method: "get",
      path: "/api/v3/openOrders",
      summary: "Open orders of one market or all",
      security: "user-data",
      weight: (sent) => (sent.has("symbol") ? 6 : 80),
      parameters: z.object({ symbol: symbol.optional() }),
      answer: answers.orders,
      handle: ({ parameters, principal }) => {
        const market =
          parameters.symbol === undefined ? undefined : findMarket(view, parameters.symbol).market.id;
        return view.openOrders(principal.account, market).map((order) => json.order(order));
      },
    }),
    route({
      method: "get",
      path: "/api/v3/allOrders",
      summary: "Orders of a market, open and ended, by rising id",
      security: "user-data",
      weight: 20,
      parameters: z.object({
        symbol,
        orderId: integer("From this id on; the newest if not sent.").optional(),
        startTime,
        endTime,
        limit: limit(500, 1000),
      }),
      answer: answers.orders,
      handle: async ({ parameters, principal }) => {
        const { market } = findMarket(view, parameters.symbol);
        checkSpan(parameters);
        await untilFresh(dependencies, market.id);
        const rows = await projections.orders({
          account: principal.account,
          market: market.id,
          limit: parameters.limit,
          ...bounds(parameters),
          // Where a page begins, not an order's name: the id after a page's last may be one that was merged with an order of a page before.
          ...(parameters.orderId === undefined ? {} : { fromOrderId: parameters.orderId }),
        });
        return rows.map((order) => json.order(order));
      },
    }),
    route({
      method: "get",
      path: "/api/v3/myTrades",
      summary: "The account's trades in a market, by rising id",
      security: "user-data",
      weight: (sent) => (sent.has("orderId") ? 5 : 20),
      parameters: z.object({
        symbol,
        orderId: integer("Those of one order.").optional(),
        startTime,
        endTime,
        fromId: integer("From this trade id on; not together with times. The newest if not sent.").optional(),
        limit: limit(500, 1000),
      }),
      answer: answers.ownTrades,
      handle: async ({ parameters, principal }) => {
        const { market } = findMarket(view, parameters.symbol);
        const { fromId } = parameters;
        const hasTimes = parameters.startTime !== undefined || parameters.endTime !== undefined;
        if (hasTimes && (fromId !== undefined || parameters.orderId !== undefined))
          throw new ApiError("BAD_COMBINATION");
        checkSpan(parameters);
        await untilFresh(dependencies, market.id);
        const orderId =
          parameters.orderId === undefined
            ? undefined
            : await standingOrderId(dependencies, principal.account, market.id, parameters.orderId);
        const rows = await projections.trades({
          account: principal.account,
          market: market.id,
          limit: parameters.limit,
          ...bounds(parameters),
          ...(fromId === undefined ? {} : { fromTradeId: fromId }),
          ...(orderId === undefined ? {} : { orderId }),
        });
        const listIds = await listIdsOf(dependencies, principal.account, rows);
        return rows
          .flatMap((trade) => json.ownTrades(trade, principal.account, (id) => listIds.get(id) ?? 0))
          .filter((trade) => orderId === undefined || trade.orderId === orderId);
      },
    }),
  ];
}

/** The order list of each order of the account that had a part in trades; 0 for none. */
async function listIdsOf(
  dependencies: RestDependencies,
  account: AccountId,
  trades: readonly TradeRow[],
): Promise<ReadonlyMap<OrderId, number>> {
  const listIds = new Map<OrderId, number>();
  for (const { market, makerAccount, makerOrderId, takerAccount, takerOrderId } of trades) {
    const own = [
      ...(makerAccount === account ? [makerOrderId] : []),
      ...(takerAccount === account ? [takerOrderId] : []),
    ];
    for (const orderId of own) {
      if (listIds.has(orderId)) continue;
      const order = await findOrder(dependencies, account, market, { orderId });
      listIds.set(orderId, order?.listId ?? 0);
    }
  }
  return listIds;
}
