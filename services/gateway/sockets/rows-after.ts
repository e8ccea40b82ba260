import type { MarketId, OrderId, OrderListId } from "#shared/domain/ids.ts";
import type { OrderListRow, OrderRow } from "#shared/ports/projections.ts";

/** How an account's orders and lists stand after the outcomes; `undefined` for what is not known any more. */
export interface RowsAfter {
  order(orderId: OrderId, market: MarketId): OrderRow | undefined;
  list(listId: OrderListId): OrderListRow | undefined;
}
