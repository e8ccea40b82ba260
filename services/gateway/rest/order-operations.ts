import { z } from "zod";
import { REPLACE_MODES } from "#shared/domain/command.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import * as answers from "./answers.ts";
import { orderCommissionJson } from "./commission.ts";
import { findMarket } from "./find-market.ts";
import { findOrder } from "./find-order.ts";
import { cancelIdOf, OrderActions } from "./order-actions.ts";
import { OrderJson, type ResponseType } from "./order-json.ts";
import { canceledJson } from "./order-list-json.ts";
import {
  cancelRestrictions,
  checkEitherSent,
  checkOrderName,
  newOrder,
  orderName,
} from "./order-parameters.ts";
import { clientOrderId, decimal, flag, integer, oneOf, symbol } from "./parameters.ts";
import { replaceOrder } from "./replace-order.ts";
import { replacedJson } from "./replaced-json.ts";
import { type TradeDependencies, type TradeOperation, tradeOperation } from "./trade-operation.ts";

const cancelId = clientOrderId("Names this cancel itself. Made up if not sent.").optional();

/** Placing, canceling, replacing and amending single orders. */
export function orderOperations(dependencies: TradeDependencies): TradeOperation[] {
  const { view } = dependencies;
  const actions = new OrderActions(dependencies);
  const json = new OrderJson(view);
  return [
    tradeOperation({
      event: "order.place",
      method: "post",
      path: "/api/v3/order",
      summary: "Place an order",
      weight: 1,
      parameters: newOrder,
      answer: answers.placed,
      handle: async (context) => {
        const placed = await actions.place(context, context.parameters);
        return json.placed(placed, responseTypeOf(context.parameters));
      },
    }),
    tradeOperation({
      event: "order.test",
      method: "post",
      path: "/api/v3/order/test",
      summary: "Check an order without placing it",
      weight: (sent) => (sent.get("computeCommissionRates") === "true" ? 20 : 1),
      parameters: newOrder.extend({ computeCommissionRates: flag("Answer with the fees.").optional() }),
      answer: answers.tested,
      handle: ({ parameters }) => {
        const { market } = actions.check(parameters);
        return parameters.computeCommissionRates === true ? orderCommissionJson(market) : {};
      },
    }),
    tradeOperation({
      event: "order.cancel",
      method: "delete",
      path: "/api/v3/order",
      summary: "Cancel an order; of an order list, the whole list",
      weight: 1,
      parameters: z.object({
        symbol,
        ...orderName,
        newClientOrderId: cancelId,
        cancelRestrictions: cancelRestrictions.optional(),
      }),
      answer: answers.canceled,
      handle: async (context) => {
        const { parameters, commandId } = context;
        checkOrderName(parameters);
        const canceled = await actions.cancel(context, parameters);
        return canceledJson(json, canceled, cancelIdOf(commandId, parameters.newClientOrderId));
      },
    }),
    tradeOperation({
      event: "openOrders.cancelAll",
      method: "delete",
      path: "/api/v3/openOrders",
      summary: "Cancel every open order of a market, order lists included",
      weight: 1,
      parameters: z.object({ symbol }),
      answer: answers.canceledOrders,
      handle: async (context) => {
        const canceled = await actions.cancelAll(context, context.parameters.symbol);
        const id = cancelIdOf(context.commandId, undefined);
        return canceled.map((one) => canceledJson(json, one, id));
      },
    }),
    tradeOperation({
      event: "order.cancelReplace",
      method: "post",
      path: "/api/v3/order/cancelReplace",
      summary: "Cancel an order and place another",
      weight: 1,
      parameters: newOrder.extend({
        cancelReplaceMode: oneOf(
          REPLACE_MODES,
          "STOP_ON_FAILURE: nothing is placed unless the cancel succeeds. ALLOW_FAILURE: the new order is tried either way.",
        ),
        cancelOrderId: integer("The order to cancel; this or cancelOrigClientOrderId.").optional(),
        cancelOrigClientOrderId: clientOrderId("The client order id of the order to cancel.").optional(),
        cancelNewClientOrderId: cancelId,
        cancelRestrictions: cancelRestrictions.optional(),
      }),
      answer: answers.replaced,
      handle: async (context) => {
        const { parameters, commandId } = context;
        checkEitherSent(parameters, "cancelOrderId", "cancelOrigClientOrderId");
        const replaced = await replaceOrder(dependencies, actions, context, parameters);
        return replacedJson(json, replaced, {
          cancelId: cancelIdOf(commandId, parameters.cancelNewClientOrderId),
          responseType: responseTypeOf(parameters),
        });
      },
    }),
    tradeOperation({
      event: "order.amend.keepPriority",
      method: "put",
      path: "/api/v3/order/amend/keepPriority",
      summary: "Lower an order's quantity; it keeps its place",
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
      handle: async (context) => {
        const { parameters, account } = context;
        checkOrderName(parameters);
        const { market } = findMarket(view, parameters.symbol);
        const known = await findOrder(dependencies, account, market.id, parameters);
        const { newClientOrderId } = parameters;
        if (
          newClientOrderId !== undefined &&
          known !== undefined &&
          known.clientOrderId !== newClientOrderId
        ) {
          throw new ApiError("ILLEGAL_PARAM", { field: "newClientOrderId" });
        }
        const { order, seq } = await actions.amend(context, parameters);
        return json.amended(order, seq);
      },
    }),
  ];
}

/** Binance: FULL for LIMIT and MARKET, ACK for all others, unless the client asks. */
function responseTypeOf({ type, newOrderRespType }: z.output<typeof newOrder>): ResponseType {
  return newOrderRespType ?? (type === "LIMIT" || type === "MARKET" ? "FULL" : "ACK");
}
