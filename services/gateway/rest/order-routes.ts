import { z } from "zod";
import { ApiError } from "#shared/protocol/errors.ts";
import * as answers from "./answers.ts";
import { orderCommissionJson } from "./commission.ts";
import type { RestDependencies } from "./dependencies.ts";
import { findMarket } from "./find-market.ts";
import { findOrder } from "./find-order.ts";
import { commandIdOf } from "./idempotency.ts";
import { OrderActions } from "./order-actions.ts";
import { OrderJson } from "./order-json.ts";
import { checkOrderName, newOrder, orderName } from "./order-parameters.ts";
import { clientOrderId, decimal, flag, symbol } from "./parameters.ts";
import { type Route, route } from "./route.ts";

const cancelId = clientOrderId("Names this cancel itself. Made up if not sent.").optional();

/** Placing, canceling and amending orders. */
export function orderRoutes(dependencies: RestDependencies): Route[] {
  const { view, entry } = dependencies;
  const actions = new OrderActions(dependencies);
  const json = new OrderJson(view);
  return [
    route({
      method: "post",
      path: "/api/v3/order",
      summary: "Place an order",
      security: "trade",
      weight: 1,
      parameters: newOrder,
      answer: answers.placed,
      handle: async ({ parameters, principal, request, response }) => {
        const commandId = commandIdOf(request, principal, entry);
        const { order, fills } = await actions.place(commandId, principal.account, parameters, response);
        const answer = parameters.newOrderRespType ?? (order.type === "LIMIT_MAKER" ? "ACK" : "FULL");
        if (answer === "ACK") return json.acknowledgement(order);
        return answer === "RESULT" ? json.result(order) : json.full(order, fills);
      },
    }),
    route({
      method: "post",
      path: "/api/v3/order/test",
      summary: "Check an order without placing it",
      security: "trade",
      weight: (sent) => (sent.get("computeCommissionRates") === "true" ? 20 : 1),
      parameters: newOrder.extend({ computeCommissionRates: flag("Answer with the fees.").optional() }),
      answer: answers.tested,
      handle: ({ parameters, principal }) => {
        const { market } = actions.check(principal.account, parameters);
        return parameters.computeCommissionRates === true ? orderCommissionJson(market) : {};
      },
    }),
    route({
      method: "delete",
      path: "/api/v3/order",
      summary: "Cancel an order",
      security: "trade",
      weight: 1,
      parameters: z.object({ symbol, ...orderName, newClientOrderId: cancelId }),
      answer: answers.canceled,
      handle: async ({ parameters, principal, request }) => {
        checkOrderName(parameters);
        const commandId = commandIdOf(request, principal, entry);
        const order = await actions.cancel(commandId, principal.account, parameters);
        return json.canceled(order, actions.cancelId(commandId, parameters.newClientOrderId));
      },
    }),
    route({
      method: "delete",
      path: "/api/v3/openOrders",
      summary: "Cancel every open order of a market",
      security: "trade",
      weight: 1,
      parameters: z.object({ symbol }),
      answer: answers.canceledOrders,
      handle: async ({ parameters, principal, request }) => {
        const commandId = commandIdOf(request, principal, entry);
        const orders = await actions.cancelAll(commandId, principal.account, parameters.symbol);
        const id = actions.cancelId(commandId, undefined);
        return orders.map((order) => json.canceled(order, id));
      },
    }),
    route({
      method: "put",
      path: "/api/v3/order/amend/keepPriority",
      summary: "Lower an order's quantity; it keeps its place",
      security: "trade",
      weight: 4,
      parameters: z.object({
        symbol,
        ...orderName,
        newClientOrderId: clientOrderId(
          "The order keeps its client order id: only that one is taken.",
        ).optional(),
        newQty: decimal("The new quantity: lower than before, more than what was executed."),
      }),
      answer: answers.amended,
      handle: async ({ parameters, principal, request }) => {
        checkOrderName(parameters);
        const { market } = findMarket(view, parameters.symbol);
        const known = await findOrder(dependencies, principal.account, market.id, parameters);
        const { newClientOrderId } = parameters;
        if (
          newClientOrderId !== undefined &&
          known !== undefined &&
          known.clientOrderId !== newClientOrderId
        ) {
          throw new ApiError("ILLEGAL_PARAM", { field: "newClientOrderId" });
        }
        const commandId = commandIdOf(request, principal, entry);
        const { order, seq } = await actions.amend(commandId, principal.account, parameters);
        return json.amended(order, seq);
      },
    }),
  ];
}
