import type { AccountId, MarketId, OrderId } from "#shared/domain/ids.ts";
import type { MarketsView } from "../views/region-view.ts";
import { findOrder, type NamedOrder } from "./find-order.ts";
import { findOrderList, type NamedOrderList } from "./find-order-list.ts";
import type { FreshnessDependencies } from "./freshness.ts";

/**
 * The id under which an order stands that its client names by one: another where that was merged (docs/regions.md, "Merged orders"). An id of nobody, or of somebody else, stays as it is.
 */
export async function standingOrderId(
  dependencies: FreshnessDependencies,
  account: AccountId,
  market: MarketId,
  orderId: number,
): Promise<OrderId> {
  const order = await findOrder(dependencies, account, market, { orderId });
  return order?.orderId ?? (orderId as OrderId);
}

/**
 * How a command is to name an order so that it finds it, as far as that is at hand: in the turn in which it came, so that commands keep their order. While the order waits in the outbox that is
 * the client's own name of it, for its id may be merged when it gets to its shard. `undefined` for an id that is not known: then {@link standingName} tells.
 */
export function nameAtHand(
  view: MarketsView,
  account: AccountId,
  market: MarketId,
  named: NamedOrder,
): NamedOrder | undefined {
  const { orderId, origClientOrderId } = named;
  if (orderId === undefined || orderId === 0) return named;
  const known = view.order(account, market, { orderId });
  if (known === undefined) return undefined;
  const fits = (origClientOrderId ?? known.clientOrderId) === known.clientOrderId;
  return known.status === "QUEUED" && fits ? { origClientOrderId: known.clientOrderId } : named;
}

/** As {@link nameAtHand}, of an id that only the tables may know. */
export async function standingName(
  dependencies: FreshnessDependencies,
  account: AccountId,
  market: MarketId,
  named: NamedOrder,
): Promise<NamedOrder> {
  if (named.orderId === undefined) return named;
  return { ...named, orderId: await standingOrderId(dependencies, account, market, named.orderId) };
}

/** As {@link nameAtHand}, of an order list. */
export function listNameAtHand(
  view: MarketsView,
  account: AccountId,
  { orderListId, listClientOrderId }: NamedOrderList,
): NamedOrderList | undefined {
  // As on Binance: the number counts if both are sent.
  if (orderListId === undefined) return { listClientOrderId };
  const known = view.orderList(account, { listId: orderListId });
  if (known === undefined) return undefined;
  // No fold has seen it: it waits.
  return known.seq === 0 ? { listClientOrderId: known.listClientOrderId } : { orderListId };
}

/** As {@link standingName}, of an order list. */
export async function standingListName(
  dependencies: FreshnessDependencies,
  account: AccountId,
  { orderListId }: NamedOrderList,
): Promise<NamedOrderList> {
  const list = await findOrderList(dependencies, account, { orderListId });
  return { orderListId: list?.listId ?? orderListId };
}
