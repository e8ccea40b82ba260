import { z } from "zod";
import type { OrderId } from "#shared/domain/ids.ts";
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

const MAX_SPAN_HOURS = 24;
const MAX_SPAN_MS = MAX_SPAN_HOURS * 60 * 60_000;

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
        await untilFresh(dependencies);
        const rows = await projections.orders({
          account: principal.account,
          market: market.id,
          limit: parameters.limit,
          ...bounds(parameters),
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
        const { orderId, fromId } = parameters;
        const hasTimes = parameters.startTime !== undefined || parameters.endTime !== undefined;
        if (hasTimes && (fromId !== undefined || orderId !== undefined))
          throw new ApiError("BAD_COMBINATION");
        checkSpan(parameters);
        await untilFresh(dependencies);
        const rows = await projections.trades({
          account: principal.account,
          market: market.id,
          limit: parameters.limit,
          ...bounds(parameters),
          ...(fromId === undefined ? {} : { fromTradeId: fromId }),
          ...(orderId === undefined ? {} : { orderId: orderId as OrderId }),
        });
        return rows
          .flatMap((trade) => json.ownTrades(trade, principal.account))
          .filter((trade) => orderId === undefined || trade.orderId === orderId);
      },
    }),
  ];
}

interface Times {
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
}

/** Binance: "the time between startTime and endTime can't be longer than 24 hours". Throws INTERVAL_TOO_BIG, BAD_COMBINATION. */
function checkSpan(times: Times): void {
  if (times.startTime === undefined || times.endTime === undefined) return;
  if (times.endTime < times.startTime) throw new ApiError("BAD_COMBINATION");
  if (times.endTime - times.startTime > MAX_SPAN_MS) {
    throw new ApiError("INTERVAL_TOO_BIG", { detail: String(MAX_SPAN_HOURS) });
  }
}

function bounds(times: Times) {
  return {
    ...(times.startTime === undefined ? {} : { startTime: times.startTime }),
    ...(times.endTime === undefined ? {} : { endTime: times.endTime }),
  };
}
