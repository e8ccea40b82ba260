import type { OrderId } from "#shared/domain/ids.ts";
import type { Reconciliation } from "./reconciliation.ts";

/** The orders on both sides of the fills that a reconciliation busted, in part or in full; of a merged one under both of its ids. */
export function conflictedOrders({
  fills,
  merged = [],
}: Pick<Reconciliation, "fills" | "merged">): ReadonlySet<OrderId> {
  const standing = new Map(merged.map(({ orderId, canonicalOrderId }) => [orderId, canonicalOrderId]));
  const busted = fills.filter(({ conflicted }) => conflicted > 0);
  const orders = busted.flatMap(({ makerOrderId, takerOrderId }) => [makerOrderId, takerOrderId]);
  return new Set(orders.flatMap((orderId) => [orderId, standing.get(orderId) || orderId]));
}
