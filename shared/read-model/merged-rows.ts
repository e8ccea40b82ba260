import type { Outcome } from "#shared/domain/event.ts";
import type { MergedRow } from "#shared/ports/projections.ts";

/** The ids of orders and lists that an outcome merged with others. */
export function mergedRows({ events, seq }: Outcome): MergedRow[] {
  return events.flatMap((event): MergedRow[] => {
    if (event.kind !== "OrdersMerged") return [];
    const { commandId, account, market, listId, listClientOrderId, orders } = event;
    const of = { account, market, commandId, seq };
    const rows = orders.map(({ orderId, clientOrderId }): MergedRow => {
      return { kind: "order", id: orderId, clientOrderId, ...of };
    });
    return listId === 0
      ? rows
      : [...rows, { kind: "list", id: listId, clientOrderId: listClientOrderId, ...of }];
  });
}
