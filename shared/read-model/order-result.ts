import type { CommandRejected, Outcome } from "#shared/domain/event.ts";
import type { OrderId } from "#shared/domain/ids.ts";
import type { OrderListRow, OrderRow, PreventedMatchRow, TradeRow } from "#shared/ports/projections.ts";
import { OrderFolder } from "./order-folder.ts";
import { rowOfAccepted } from "./order-list-folder.ts";
import { preventedMatchRow } from "./order-rows.ts";

/** What one outcome did to an order that it accepted. */
export interface OrderResult {
  /** The order right after the outcome, whatever happened to it since. */
  readonly order: OrderRow;
  readonly fills: readonly OrderFillRow[];
  readonly preventedMatches: readonly PreventedMatchRow[];
}

export interface OrderFillRow {
  readonly trade: TradeRow;
  readonly isMaker: boolean;
}

/** What one outcome did to an order list that it accepted. */
export interface OrderListResult {
  readonly list: OrderListRow;
  /** In list order. */
  readonly orders: readonly OrderResult[];
}

/** The refusal in an outcome, if the command was refused. */
export function rejectionOf(outcome: Outcome): CommandRejected | undefined {
  return outcome.events.find((event) => event.kind === "CommandRejected");
}

/** What became of a placed order within its outcome; `undefined` if the outcome accepted no order. */
export function placedOrder(outcome: Outcome): OrderResult | undefined {
  return acceptedOrders(outcome)[0];
}

/** What became of a placed order list within its outcome; `undefined` if the outcome accepted none. */
export function placedOrderList(outcome: Outcome): OrderListResult | undefined {
  const accepted = outcome.events.find((event) => event.kind === "OrderListAccepted");
  if (accepted === undefined) return undefined;
  const isDone = outcome.events.some(
    (event) => event.kind === "OrderListDone" && event.listId === accepted.listId,
  );
  return { list: { ...rowOfAccepted(accepted, outcome), isDone }, orders: acceptedOrders(outcome) };
}

/** Every order that an outcome accepted, in the order of acceptance. Others that it changed are passed over. */
function acceptedOrders(outcome: Outcome): OrderResult[] {
  const folder = new OrderFolder(undefined, { skipUnknown: true });
  const results = new Map<OrderId, { order: OrderRow; fills: OrderFillRow[] }>();
  for (const { order, trade, isMaker = false } of folder.fold(outcome)) {
    const result = results.get(order.orderId) ?? { order, fills: [] };
    results.set(order.orderId, result);
    result.order = order;
    if (trade !== undefined) result.fills.push({ trade, isMaker });
  }
  return [...results.values()].map((result) => ({
    ...result,
    preventedMatches: preventedMatchesOf(outcome, result.order.orderId),
  }));
}

function preventedMatchesOf(outcome: Outcome, orderId: OrderId): PreventedMatchRow[] {
  return outcome.events.flatMap((event) =>
    event.kind === "TradePrevented" && (event.takerOrderId === orderId || event.makerOrderId === orderId)
      ? [preventedMatchRow(event, outcome)]
      : [],
  );
}
