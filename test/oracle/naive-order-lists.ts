import type { ExpiryReason } from "#shared/domain/event.ts";
import type { OrderId } from "#shared/domain/ids.ts";
import type { OpenOrderList } from "#shared/domain/order.ts";
import { needOf, setLock } from "./naive-money.ts";
import { marketOf, type NaiveOrder, type World } from "./naive-world.ts";

type Ending = "filled" | "canceled" | ExpiryReason;

/** The open orders of a list, in list order. */
export function openOrdersOf(world: World, list: OpenOrderList): NaiveOrder[] {
  const members = world.orders.filter(({ listId }) => listId === list.listId);
  return list.orders.flatMap((id) => members.filter(({ orderId }) => orderId === id));
}

/** The two of a list of which one cancels the other: above, below. */
function pairOf({ contingency, orders }: OpenOrderList): readonly OrderId[] {
  return { OCO: orders, OTO: [], OTOCO: orders.slice(1) }[contingency];
}

/** The other one of two OCO orders, if it is open. */
export function partnerOf(world: World, order: NaiveOrder): NaiveOrder | undefined {
  const list = listOf(world, order);
  if (list === undefined) return undefined;
  const pair = pairOf(list);
  if (!pair.includes(order.orderId)) return undefined;
  return openOrdersOf(world, list).find((each) => each !== order && pair.includes(each.orderId));
}

/** The other one of two OCO orders expires, and with it nothing else. */
export function expirePartner(world: World, order: NaiveOrder): void {
  const partner = partnerOf(world, order);
  if (partner !== undefined) leave(world, partner, "order-list");
}

/** The order ends without its owner asking, and so does what its list ends with it; what its fill sets going is queued. */
export function end(world: World, order: NaiveOrder, ending: Exclude<Ending, "canceled">): void {
  const list = listOf(world, order);
  const partner = partnerOf(world, order);
  leave(world, order, ending);
  if (list === undefined) return;
  const isWorkingOrder = list.contingency !== "OCO" && list.orders[0] === order.orderId;
  if (isWorkingOrder && ending === "filled") {
    world.queue.push({ kind: "activated", listId: list.listId });
  } else if (isWorkingOrder) {
    for (const pending of openOrdersOf(world, list)) leave(world, pending, "order-list");
  } else if (partner !== undefined) {
    leave(world, partner, "order-list");
  }
  finishIfDone(world, list);
}

/** Both of two OCO orders end in the same way. */
export function endPair(world: World, pair: readonly NaiveOrder[], reason: ExpiryReason): void {
  const list = pair[0] === undefined ? undefined : listOf(world, pair[0]);
  for (const order of pair) leave(world, order, reason);
  if (list !== undefined) finishIfDone(world, list);
}

/** Cancels the order and its whole list, in list order. */
export function cancelWithList(world: World, order: NaiveOrder): void {
  const list = listOf(world, order);
  if (list === undefined) leave(world, order, "canceled");
  else cancelList(world, list);
}

export function cancelList(world: World, list: OpenOrderList): void {
  for (const order of openOrdersOf(world, list)) leave(world, order, "canceled");
  finishIfDone(world, list);
}

function listOf(world: World, order: NaiveOrder): OpenOrderList | undefined {
  return order.listId === 0 ? undefined : world.lists.find(({ listId }) => listId === order.listId);
}

/** The order alone is gone: its lock is free, but for what an OCO partner that stays needs. */
function leave(world: World, order: NaiveOrder, ending: Ending): void {
  const partner = partnerOf(world, order);
  setLock(world, order, 0n);
  world.orders = world.orders.filter((each) => each !== order);
  if (partner !== undefined && partner.place !== "pending")
    setLock(world, partner, needOf(marketOf(world, partner.market).market, partner));
  const { orderId, account, market } = order;
  if (ending === "canceled") world.events.push({ kind: "OrderCanceled", orderId, account, market });
  else if (ending !== "filled")
    world.events.push({ kind: "OrderExpired", orderId, account, market, reason: ending });
}

function finishIfDone(world: World, list: OpenOrderList): void {
  if (openOrdersOf(world, list).length > 0) return;
  world.lists = world.lists.filter((each) => each !== list);
  const { listId, account, market } = list;
  world.events.push({ kind: "OrderListDone", listId, account, market });
}
