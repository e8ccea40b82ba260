import type { OrderId } from "#shared/domain/ids.ts";
import type { Reconciliation } from "./reconciliation.ts";

/** The orders on both sides of the fills that a reconciliation busted, in part or in full. */
export function conflictedOrders({ fills }: Pick<Reconciliation, "fills">): ReadonlySet<OrderId> {
  const busted = fills.filter(({ conflicted }) => conflicted > 0);
  return new Set(busted.flatMap(({ makerOrderId, takerOrderId }) => [makerOrderId, takerOrderId]));
}
