import type { ExpiryReason } from "#shared/domain/event.ts";
import type { OrderStatus } from "#shared/domain/order.ts";

/** What an expired order is called. A MARKET order by quoteOrderQty that spent what whole lots allow counts as filled, as on Binance. */
export const EXPIRED_STATUS = {
  unfilled: "EXPIRED",
  "quote-spent": "FILLED",
  "self-trade": "EXPIRED_IN_MATCH",
  "good-till-date": "EXPIRED",
  "order-list": "EXPIRED",
  "would-take": "EXPIRED",
  "insufficient-balance": "EXPIRED",
} as const satisfies Record<ExpiryReason, OrderStatus>;

/** True for an order that may still do something: in the book, waiting for its trigger or its turn. */
export function isOpen(status: OrderStatus): boolean {
  return status === "NEW" || status === "PARTIALLY_FILLED" || status === "PENDING_NEW";
}
