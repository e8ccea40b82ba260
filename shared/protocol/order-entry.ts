/**
 * Order entry over Socket.IO: what REST does, in the same words. Each event has the name that Binance's WebSocket API gives the request, takes the
 * parameters of the REST route beside it (an object; decimals and numbers as texts or numbers, flags as booleans), and is answered what that route
 * answers, or `{error}`. One definition serves both (services/gateway/rest/order-operations.ts), and /docs lists parameters and answers.
 *
 * `idempotencyKey` does what the header `Idempotency-Key` does: the same key again is the same command, answered with its first outcome. `traceparent` does what
 * the header of that name does (W3C Trace Context).
 */
export const TRADE_EVENTS = [
  /** POST /api/v3/order */
  "order.place",
  /** POST /api/v3/order/test */
  "order.test",
  /** DELETE /api/v3/order */
  "order.cancel",
  /** POST /api/v3/order/cancelReplace */
  "order.cancelReplace",
  /** PUT /api/v3/order/amend/keepPriority */
  "order.amend.keepPriority",
  /** DELETE /api/v3/openOrders */
  "openOrders.cancelAll",
  /** POST /api/v3/orderList/oco */
  "orderList.place.oco",
  /** POST /api/v3/orderList/oto */
  "orderList.place.oto",
  /** POST /api/v3/orderList/otoco */
  "orderList.place.otoco",
  /** POST /api/v3/order/oco, the older form of an OCO */
  "orderList.place",
  /** DELETE /api/v3/orderList */
  "orderList.cancel",
] as const;
export type TradeEvent = (typeof TRADE_EVENTS)[number];

/** Parameters by their names in REST. */
export type TradeRequest = Readonly<Record<string, string | number | boolean>> & {
  readonly idempotencyKey?: string;
  readonly traceparent?: string;
};

/** An order in answers to `order.place` and the like, as far as every response type has it. */
export interface PlacedOrder {
  readonly symbol: string;
  readonly orderId: number;
  /** -1 unless part of an order list. */
  readonly orderListId: number;
  readonly clientOrderId: string;
  readonly transactTime: number;
}

export interface OrderListAnswer {
  readonly orderListId: number;
  readonly contingencyType: "OCO" | "OTO";
  readonly listStatusType: "EXEC_STARTED" | "ALL_DONE";
  readonly listOrderStatus: "EXECUTING" | "ALL_DONE";
  readonly listClientOrderId: string;
  readonly transactionTime: number;
  readonly symbol: string;
  readonly orders: readonly {
    readonly symbol: string;
    readonly orderId: number;
    readonly clientOrderId: string;
  }[];
  readonly orderReports: readonly PlacedOrder[];
}

/** What each event is answered when it succeeds. */
export interface TradeAnswers {
  "order.place": PlacedOrder;
  "order.test": object;
  "order.cancel": PlacedOrder | OrderListAnswer;
  "order.cancelReplace": {
    readonly cancelResponse: PlacedOrder | OrderListAnswer;
    readonly newOrderResponse: PlacedOrder;
  };
  "order.amend.keepPriority": { readonly amendedOrder: { readonly orderId: number; readonly qty: string } };
  "openOrders.cancelAll": readonly (PlacedOrder | OrderListAnswer)[];
  "orderList.place.oco": OrderListAnswer;
  "orderList.place.oto": OrderListAnswer;
  "orderList.place.otoco": OrderListAnswer;
  "orderList.place": OrderListAnswer;
  "orderList.cancel": OrderListAnswer;
}
