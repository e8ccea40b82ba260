import { z } from "zod";
import { ApiError } from "#shared/protocol/errors.ts";
import * as answers from "./answers.ts";
import type { RestDependencies } from "./dependencies.ts";
import { findOrderList } from "./find-order-list.ts";
import { untilFresh } from "./freshness.ts";
import { orderListJson } from "./order-list-json.ts";
import { checkEitherSent } from "./order-parameters.ts";
import { clientOrderId, endTime, integer, limit, startTime } from "./parameters.ts";
import { type Route, route } from "./route.ts";
import { bounds, checkSpan } from "./time-span.ts";

/** An account's order lists: open ones from memory, others from the tables once they have all that this gateway has seen. */
export function orderListRoutes(dependencies: RestDependencies): Route[] {
  const { view, projections } = dependencies;
  return [
    route({
      method: "get",
      path: "/api/v3/orderList",
      summary: "One order list, open or done",
      security: "user-data",
      weight: 4,
      parameters: z.object({
        orderListId: integer("The list's id; this or origClientOrderId.").optional(),
        origClientOrderId: clientOrderId("The list's client order id.").optional(),
      }),
      answer: answers.orderList,
      handle: async ({ parameters, principal }) => {
        checkEitherSent(parameters, "orderListId", "origClientOrderId");
        const { orderListId, origClientOrderId: listClientOrderId } = parameters;
        const named = { orderListId, listClientOrderId };
        const list = await findOrderList(dependencies, principal.account, named);
        if (list === undefined) throw new ApiError("NO_SUCH_ORDER_LIST");
        return orderListJson(list);
      },
    }),
    route({
      method: "get",
      path: "/api/v3/allOrderList",
      summary: "Order lists, open and done, by rising id",
      security: "user-data",
      weight: 20,
      parameters: z.object({
        fromId: integer("From this list id on; not together with times. The newest if not sent.").optional(),
        startTime,
        endTime,
        limit: limit(500, 1000),
      }),
      answer: answers.orderLists,
      handle: async ({ parameters, principal }) => {
        const { fromId } = parameters;
        const hasTimes = parameters.startTime !== undefined || parameters.endTime !== undefined;
        if (fromId !== undefined && hasTimes) throw new ApiError("BAD_COMBINATION");
        checkSpan(parameters);
        await untilFresh(dependencies);
        const lists = await projections.orderLists({
          account: principal.account,
          limit: parameters.limit,
          ...bounds(parameters),
          ...(fromId === undefined ? {} : { fromListId: fromId }),
        });
        return lists.map(orderListJson);
      },
    }),
    route({
      method: "get",
      path: "/api/v3/openOrderList",
      summary: "Open order lists of all markets",
      security: "user-data",
      weight: 6,
      parameters: z.object({}),
      answer: answers.orderLists,
      handle: ({ principal }) => view.openOrderLists(principal.account).map(orderListJson),
    }),
  ];
}
