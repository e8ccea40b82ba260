import type {
  AmendOrder,
  CancelAllOrders,
  CancelOrder,
  CancelOrderList,
  CancelRestriction,
  ReplaceOrder,
} from "#shared/domain/command.ts";
import type { AccountId, MarketId, OrderId } from "#shared/domain/ids.ts";
import { costOf, needOf, setLock } from "./naive-money.ts";
import { cancelList, cancelWithList } from "./naive-order-lists.ts";
import { placeOrder } from "./naive-placing.ts";
import { rejectionOf } from "./naive-rejection.ts";
import {
  demand,
  isOpen,
  marketOf,
  type NaiveMarket,
  type NaiveOrder,
  Refusal,
  remaining,
  type World,
} from "./naive-world.ts";

export function cancelOrder(world: World, command: CancelOrder): void {
  checkNotHalted(marketOf(world, command.market));
  const order = findOrder(world, command);
  checkRestriction(order, command.restriction);
  cancelWithList(world, order);
}

export function cancelAllOrders(world: World, { account, market }: CancelAllOrders): void {
  checkNotHalted(marketOf(world, market));
  const mine = world.orders
    .filter((order) => order.account === account && order.market === market)
    .sort((a, b) => a.orderId - b.orderId);
  demand(mine.length > 0, "unknown-order");
  for (const order of mine) if (isOpen(world, order)) cancelWithList(world, order);
}

export function cancelOrderList(world: World, command: CancelOrderList): void {
  const { account, market, listId, listClientOrderId } = command;
  checkNotHalted(marketOf(world, market));
  const list = world.lists.find(
    (each) =>
      each.account === account &&
      each.market === market &&
      fits(each.listId, each.listClientOrderId, listId, listClientOrderId),
  );
  if (list === undefined) throw new Refusal("unknown-list");
  cancelList(world, list);
}

export function amendOrder(world: World, command: AmendOrder): void {
  const { quantity } = command;
  const market = marketOf(world, command.market);
  demand(market.state !== "HALT" && market.state !== "CANCEL_ONLY", "market-closed");
  const order = findOrder(world, command);
  const { orderId, account, executed, prevented } = order;
  demand(order.listId === 0, "amend-in-list");
  demand(executed + prevented < quantity && quantity < order.quantity, "amend-not-lower");
  demand(quantity >= market.market.minQuantity, "lot-size");
  const reference = order.price || order.stopPrice;
  const amount = costOf(market.market, reference, quantity);
  demand(reference === 0 || amount >= BigInt(market.market.minNotional), "notional");
  order.quantity = quantity;
  order.visible = Math.min(order.visible, remaining(order));
  setLock(world, order, needOf(market.market, order));
  world.events.push({ kind: "OrderAmended", orderId, account, market: command.market, quantity });
}

/** Each half may be refused by itself; what was canceled stays canceled. */
export function replaceOrder(world: World, command: ReplaceOrder): void {
  const { account, market, mode, restriction, order } = command;
  const [orderId, origClientOrderId] = [command.cancelOrderId, command.cancelOrigClientOrderId];
  const cancel: CancelOrder = {
    kind: "CancelOrder",
    account,
    market,
    orderId,
    origClientOrderId,
    restriction,
  };
  checkNotHalted(marketOf(world, market));
  try {
    cancelOrder(world, cancel);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    world.events.push(rejectionOf(cancel, refusal.reason));
    if (mode === "STOP_ON_FAILURE") return;
  }
  const place = { kind: "PlaceOrder" as const, account, market, ...order };
  try {
    placeOrder(world, account, marketOf(world, market), order);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    world.events.push(rejectionOf(place, refusal.reason));
  }
}

function checkNotHalted(market: NaiveMarket): void {
  demand(market.state !== "HALT", "market-closed");
}

function checkRestriction({ executed }: NaiveOrder, restriction: CancelRestriction): void {
  const isRestricted = { NONE: false, ONLY_NEW: executed > 0, ONLY_PARTIALLY_FILLED: executed === 0 }[
    restriction
  ];
  demand(!isRestricted, "cancel-restricted");
}

interface Named {
  readonly account: AccountId;
  readonly market: MarketId;
  readonly orderId: OrderId | 0;
  readonly origClientOrderId: string;
}

function findOrder(world: World, { account, market, orderId, origClientOrderId }: Named): NaiveOrder {
  const order = world.orders.find(
    (each) =>
      each.account === account &&
      each.market === market &&
      fits(each.orderId, each.clientOrderId, orderId, origClientOrderId),
  );
  if (order === undefined) throw new Refusal("unknown-order");
  return order;
}

/** Whether what is named, by its id or its client order id or both, is this one. */
function fits(id: number, name: string, namedId: number, namedName: string): boolean {
  if (namedId === 0 && namedName === "") return false;
  return (namedId === 0 || namedId === id) && (namedName === "" || namedName === name);
}
