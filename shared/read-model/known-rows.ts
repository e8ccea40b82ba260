import type { EngineState } from "#shared/domain/engine-state.ts";
import type { OrderId, OrderListId } from "#shared/domain/ids.ts";
import type { OpenOrder } from "#shared/domain/order.ts";
import type { OrderListRow, OrderRow, Projections } from "#shared/ports/projections.ts";

/** What the tables know of a state's open orders and lists that the state does not: when tracking began, names of members that have ended. */
export interface KnownRows {
  readonly orders: ReadonlyMap<OrderId, OrderRow>;
  readonly lists: ReadonlyMap<OrderListId, OrderListRow>;
}

export const NO_KNOWN_ROWS: KnownRows = { orders: new Map(), lists: new Map() };

/** Reads the rows of those few orders and lists of which a state does not tell all. */
export async function readKnownRows(
  state: EngineState | undefined,
  projections: Projections,
): Promise<KnownRows> {
  const orders = new Map<OrderId, OrderRow>();
  const lists = new Map<OrderListId, OrderListRow>();
  for (const { bids, asks, waiting, pending, lists: open } of state?.markets ?? []) {
    for (const places of [bids, asks, waiting, pending]) {
      for (const order of places) {
        if (isToldWhole(order)) continue;
        const row = await projections.order(order.orderId);
        if (row !== undefined) orders.set(row.orderId, row);
      }
    }
    for (const { listId } of open) {
      const row = await projections.orderList(listId);
      if (row !== undefined) lists.set(listId, row);
    }
  }
  return { orders, lists };
}

function isToldWhole({ prevented, extreme }: OpenOrder): boolean {
  return prevented === 0 && extreme === 0;
}
