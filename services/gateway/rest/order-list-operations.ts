import { z } from "zod";
import type { TradeEvent } from "#shared/protocol/order-entry.ts";
import * as answers from "./answers.ts";
import { cancelIdOf, OrderActions } from "./order-actions.ts";
import { OrderJson } from "./order-json.ts";
import { OrderListActions } from "./order-list-actions.ts";
import { canceledJson, placedOrderListJson } from "./order-list-json.ts";
import {
  type NewOrderList,
  newOco,
  newOto,
  newOtoco,
  ocoOf,
  oldOco,
  oldOcoOf,
  otocoOf,
  otoOf,
} from "./order-list-parameters.ts";
import { checkEitherSent, orderListName } from "./order-parameters.ts";
import { clientOrderId, symbol } from "./parameters.ts";
import { type TradeDependencies, type TradeOperation, tradeOperation } from "./trade-operation.ts";

/** Placing and canceling order lists. */
export function orderListOperations(dependencies: TradeDependencies): TradeOperation[] {
  const actions = new OrderListActions(dependencies, new OrderActions(dependencies));
  const json = new OrderJson(dependencies.view);
  const placing = <P extends ListParameters>(
    event: TradeEvent,
    path: string,
    summary: string,
    parameters: P,
    listOf: (sent: z.output<P>) => NewOrderList,
  ): TradeOperation =>
    tradeOperation({
      event,
      method: "post",
      path,
      summary,
      weight: 1,
      parameters,
      answer: answers.placedOrderList,
      handle: async (context) => {
        const placed = await actions.place(context, listOf(context.parameters));
        return placedOrderListJson(json, placed, context.parameters.newOrderRespType ?? "RESULT");
      },
    });
  return [
    placing(
      "orderList.place.oco",
      "/api/v3/orderList/oco",
      "Place two orders of which one cancels the other",
      newOco,
      ocoOf,
    ),
    placing(
      "orderList.place.oto",
      "/api/v3/orderList/oto",
      "Place an order that triggers another",
      newOto,
      otoOf,
    ),
    placing(
      "orderList.place.otoco",
      "/api/v3/orderList/otoco",
      "Place an order that triggers an OCO",
      newOtoco,
      otocoOf,
    ),
    placing(
      "orderList.place",
      "/api/v3/order/oco",
      "Place an OCO, in Binance's older form",
      oldOco,
      oldOcoOf,
    ),
    tradeOperation({
      event: "orderList.cancel",
      method: "delete",
      path: "/api/v3/orderList",
      summary: "Cancel an order list",
      weight: 1,
      parameters: z.object({
        symbol,
        ...orderListName,
        newClientOrderId: clientOrderId("Names this cancel itself. Made up if not sent.").optional(),
      }),
      answer: answers.canceledOrderList,
      handle: async (context) => {
        const { parameters, commandId } = context;
        checkEitherSent(parameters, "orderListId", "listClientOrderId");
        const canceled = await actions.cancel(context, parameters);
        const cancelId = cancelIdOf(commandId, parameters.newClientOrderId);
        return canceledJson(json, { kind: "list", ...canceled }, cancelId);
      },
    }),
  ];
}

type ListParameters = typeof newOco | typeof newOto | typeof newOtoco | typeof oldOco;
