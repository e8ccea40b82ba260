import { ORDER_LIST } from "./expiry.ts";
import type { MarketState } from "./market-state.ts";
import { accountOf, closeOrder, listIdOf, needOf, payingBalanceOf, rehash } from "./open-orders.ts";
import type { EndOfOrder, OrderList } from "./order-list.ts";
import type { Shard } from "./shard.ts";

/** Cancels a stored order; what follows for its list follows. */
export function cancelStored(shard: Shard, market: MarketState, order: number): void {
  const orderId = shard.book.orders.orderId(order);
  shard.events.orderCanceled(orderId, accountOf(shard, order), market.text);
  endStored(shard, market, order, "canceled");
}

/** Expires a stored order for a reason (its place in EXPIRY_REASONS); what follows for its list follows. */
export function expireStored(shard: Shard, market: MarketState, order: number, reason: number): void {
  const orderId = shard.book.orders.orderId(order);
  shard.events.orderExpired(orderId, accountOf(shard, order), market.text, reason);
  endStored(shard, market, order, "expired");
}

/** Cancels all open orders of a list, in list order. */
export function cancelList(shard: Shard, market: MarketState, list: OrderList): void {
  for (const orderId of list.openOrders()) {
    const order = shard.book.orders.find(orderId);
    if (order >= 0) cancelStored(shard, market, order);
  }
}

/** Before an order trades or is triggered: the other of its OCO pair, if open, expires; the order itself stays. */
export function expirePartner(shard: Shard, market: MarketState, order: number): void {
  const listId = listIdOf(shard, order);
  if (listId === 0) return;
  const list = shard.lists.get(listId);
  const partnerId = list?.partnerOf(shard.book.orders.orderId(order)) ?? 0;
  if (list === undefined || partnerId === 0) return;
  const partner = shard.book.orders.find(partnerId);
  shard.events.orderExpired(partnerId, accountOf(shard, partner), market.text, ORDER_LIST);
  leavePair(shard, market, partner);
  closeOrder(shard, market, partner);
  list.isOpen[list.placeOf(partnerId)] = false;
}

/** What the end of one order does to its list (docs/engine-rules.md, "Order lists"). The order is no longer stored. */
export function afterEnd(
  shard: Shard,
  market: MarketState,
  listId: number,
  orderId: number,
  how: EndOfOrder,
): void {
  const list = shard.lists.get(listId);
  if (list === undefined) return;
  const place = list.placeOf(orderId);
  list.isOpen[place] = false;
  const followers = place === 0 ? list.openFollowers() : [];
  if (how === "filled") {
    if (followers.length > 0) shard.queue.add({ kind: "list", list });
  } else {
    const partnerId = list.partnerOf(orderId);
    for (const id of partnerId === 0 ? followers : [partnerId]) endFollower(shard, market, id, how);
  }
  if (list.isDone && shard.lists.has(listId)) closeList(shard, market, list);
}

function endFollower(shard: Shard, market: MarketState, orderId: number, how: EndOfOrder): void {
  const order = shard.book.orders.find(orderId);
  // The first of two may have ended the second already.
  if (order < 0) return;
  if (how === "canceled") cancelStored(shard, market, order);
  else expireStored(shard, market, order, ORDER_LIST);
}

function endStored(shard: Shard, market: MarketState, order: number, how: EndOfOrder): void {
  const orderId = shard.book.orders.orderId(order);
  const listId = listIdOf(shard, order);
  leavePair(shard, market, order);
  closeOrder(shard, market, order);
  if (listId > 0) afterEnd(shard, market, listId, orderId, how);
}

/** Gives the lock of an OCO pair to the other order of it, as far as that needs it, and frees the rest. */
function leavePair(shard: Shard, market: MarketState, order: number): void {
  const { extras, lists } = shard;
  const { orders } = shard.book;
  const record = orders.extras(order);
  if (record < 0 || extras.pairLock(record) < 0) return;
  const partnerId = lists.get(extras.listId(record))?.partnerOf(orders.orderId(order)) ?? 0;
  const partner = orders.find(partnerId);
  const partnerRecord = orders.extras(partner);
  const lockedForBoth = extras.pairLock(record) + extras.pairLock(partnerRecord);
  extras.setPairLock(record, 0);
  extras.setPairLock(partnerRecord, -1);
  shard.balances.unlock(payingBalanceOf(shard, order), lockedForBoth - needOf(shard, market, partner));
  rehash(shard, market, partner);
}

function closeList(shard: Shard, market: MarketState, list: OrderList): void {
  const { listId, account } = list.state;
  shard.events.event({ kind: "OrderListDone", listId, account, market: market.market.id });
  shard.lists.delete(listId);
  list.leaveDigest(shard.digest);
  shard.clientOrderIds.release(list.clientOrderId);
  shard.traders.addOpenLists(shard.trader(account, market), -1);
}
