import type { ExecutionReport } from "#shared/protocol/socket.ts";
import { isZero } from "../money/decimal.ts";
import type { OrderItem } from "./types.ts";

/** An order as GET /api/v3/allOrders lists it. */
export interface RestOrder {
  readonly symbol: string;
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly side: "BUY" | "SELL";
  readonly type: string;
  readonly timeInForce: string;
  readonly price: string;
  readonly stopPrice: string;
  readonly icebergQty: string;
  readonly trailingDelta?: number;
  readonly goodTillDate?: number;
  readonly selfTradePreventionMode: string;
  readonly preventedQuantity?: string;
  readonly orderListId: number;
  readonly isWorking: boolean;
  readonly origQty: string;
  readonly executedQty: string;
  readonly cummulativeQuoteQty: string;
  readonly status: string;
  readonly time: number;
}

export function orderOfRest(order: RestOrder): OrderItem {
  const { symbol, orderId, clientOrderId, side, type, timeInForce, price, status, time } = order;
  const rest = {
    quantity: order.origQty,
    executed: order.executedQty,
    executedQuote: order.cummulativeQuoteQty,
  };
  return {
    symbol,
    orderId,
    clientOrderId,
    side,
    type,
    timeInForce,
    price,
    status,
    time,
    provisional: false,
    stopPrice: order.stopPrice,
    trailingDelta: order.trailingDelta ?? 0,
    icebergQty: order.icebergQty,
    goodTillDate: order.goodTillDate ?? 0,
    selfTradePreventionMode: order.selfTradePreventionMode,
    orderListId: order.orderListId,
    isWorking: order.isWorking,
    prevented: order.preventedQuantity ?? "0",
    ...rest,
  };
}

export function orderOfReport(report: ExecutionReport): OrderItem {
  const isByQuote = isZero(report.quantity);
  return {
    symbol: report.symbol,
    orderId: report.orderId,
    clientOrderId: report.clientOrderId,
    side: report.side,
    type: report.orderType,
    timeInForce: report.timeInForce,
    price: report.price,
    stopPrice: report.stopPrice,
    trailingDelta: report.trailingDelta,
    icebergQty: report.icebergQty,
    goodTillDate: report.goodTillDate,
    selfTradePreventionMode: report.selfTradePreventionMode,
    orderListId: report.orderListId,
    isWorking: report.isWorking,
    prevented: report.preventedQuantity,
    quantity: isByQuote ? report.cumulativeFilledQuantity : report.quantity,
    executed: report.cumulativeFilledQuantity,
    executedQuote: report.cumulativeQuoteQuantity,
    status: report.orderStatus,
    provisional: report.provisional,
    place: { shard: report.shard, branch: report.branch, seq: report.seq },
    time: report.orderCreationTime,
  };
}

const OPEN: ReadonlySet<string> = new Set(["NEW", "PARTIALLY_FILLED", "PENDING_NEW", "QUEUED"]);

export function isOpen(order: OrderItem): boolean {
  return OPEN.has(order.status);
}

/** Orders with newer ones put in; newest first, at most `limit` that have ended. */
export function withOrders(
  known: readonly OrderItem[],
  newer: readonly OrderItem[],
  limit = 300,
): OrderItem[] {
  const byId = new Map(known.map((order) => [order.orderId, order]));
  for (const order of newer) byId.set(order.orderId, order);
  const sorted = [...byId.values()].sort((a, b) => b.orderId - a.orderId);
  let ended = 0;
  return sorted.filter((order) => isOpen(order) || ended++ < limit);
}
