import type { OrderListRow } from "#shared/ports/projections.ts";
import type { OrderListAnswer } from "#shared/protocol/order-entry.ts";
import type { OrderListResult } from "#shared/read-model/order-result.ts";
import type { Canceled } from "./order-actions.ts";
import type { OrderJson, ResponseType } from "./order-json.ts";

/** As GET /api/v3/orderList answers. */
export function orderListJson(list: OrderListRow): Omit<OrderListAnswer, "orderReports"> {
  return {
    orderListId: list.listId,
    // Binance knows two contingencies: an OTOCO is an OTO with two pending orders.
    contingencyType: list.contingency === "OCO" ? "OCO" : "OTO",
    listStatusType: list.isDone ? "ALL_DONE" : "EXEC_STARTED",
    listOrderStatus: list.isDone ? "ALL_DONE" : "EXECUTING",
    listClientOrderId: list.listClientOrderId,
    transactionTime: list.updateTime,
    symbol: list.market,
    orders: list.orders.map((member) => ({ symbol: list.market, ...member })),
  };
}

/** As POST /api/v3/orderList/oco and the like answer. */
export function placedOrderListJson(
  json: OrderJson,
  { list, orders }: OrderListResult,
  responseType: ResponseType,
) {
  return { ...orderListJson(list), orderReports: orders.map((order) => json.placed(order, responseType)) };
}

/** As DELETE /api/v3/order, /openOrders and /orderList answer: for a member of a list the whole list. */
export function canceledJson(json: OrderJson, canceled: Canceled, cancelId: string) {
  if (canceled.kind === "order") return json.canceled(canceled.order, cancelId);
  const { list, orders } = canceled;
  return {
    // Whatever became of it since: the cancel ended it.
    ...orderListJson({ ...list, isDone: true }),
    orderReports: orders.map((order) => json.canceled(order, cancelId)),
  };
}
