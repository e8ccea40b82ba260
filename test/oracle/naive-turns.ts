import { isAlgo, type OpenOrderList } from "#shared/domain/order.ts";
import { joinBook, wouldCross } from "./naive-book.ts";
import { assetPaid, freeOf, needOf, setLock } from "./naive-money.ts";
import { end, endPair, expirePartner, openOrdersOf } from "./naive-order-lists.ts";
import { beginToWait, lockPriceOf, reachesStop } from "./naive-triggers.ts";
import { goToWork } from "./naive-work.ts";
import { isOpen, marketOf, type NaiveMarket, type NaiveOrder, type World } from "./naive-world.ts";

/** Gives their turns to what was queued, first come first served, until nothing is left. */
export function workOffQueue(world: World): void {
  for (let turn = world.queue.shift(); turn !== undefined; turn = world.queue.shift()) {
    if (turn.kind === "triggered") {
      if (isOpen(world, turn.order)) takeTriggeredTurn(world, turn.order);
      continue;
    }
    const { listId } = turn;
    const list = world.lists.find((each) => each.listId === listId);
    if (list !== undefined) activate(world, list);
  }
}

function takeTriggeredTurn(world: World, order: NaiveOrder): void {
  const { orderId, account, market } = order;
  world.events.push({ kind: "OrderTriggered", orderId, account, market });
  expirePartner(world, order);
  setLock(world, order, 0n);
  goToWork(world, order);
}

/** The turn of a list's pending orders. */
function activate(world: World, list: OpenOrderList): void {
  const orders = openOrdersOf(world, list);
  for (const { orderId, account, market } of orders)
    world.events.push({ kind: "OrderActivated", orderId, account, market });
  const market = marketOf(world, list.market);
  const crossing = orders.find((order) => order.type === "LIMIT_MAKER" && wouldCross(world, order));
  if (crossing !== undefined) {
    end(world, crossing, "would-take");
    return;
  }
  if (list.contingency === "OTO") for (const order of orders) activateOne(world, market, order);
  else activatePair(world, market, orders);
}

function activateOne(world: World, market: NaiveMarket, order: NaiveOrder): void {
  if (order.type !== "MARKET") {
    order.lockPrice = lockPriceOf(market, order);
    if (needOf(market.market, order) > freeOf(world, order.account, assetPaid(market.market, order.side))) {
      end(world, order, "insufficient-balance");
      return;
    }
  }
  if (isAlgo(order.type)) waitOrTakeTurn(world, market, order);
  else goToWork(world, order);
}

function activatePair(world: World, market: NaiveMarket, pair: readonly NaiveOrder[]): void {
  const [above, below] = pair;
  if (above === undefined || below === undefined) throw new Error("a pair is two");
  if (!lockPair(world, market, above, below)) {
    endPair(world, pair, "insufficient-balance");
    return;
  }
  for (const order of pair) {
    if (!isOpen(world, order)) continue;
    if (isAlgo(order.type)) waitOrTakeTurn(world, market, order);
    else {
      order.workingTime = world.time;
      joinBook(world, order);
    }
  }
}

/** Locks once for two OCO orders, the greater of their needs, at the first of them. False, and nothing done, where that is not free. */
export function lockPair(world: World, market: NaiveMarket, above: NaiveOrder, below: NaiveOrder): boolean {
  above.lockPrice = lockPriceOf(market, above);
  below.lockPrice = lockPriceOf(market, below);
  let need = needOf(market.market, above);
  const other = needOf(market.market, below);
  if (other > need) need = other;
  if (need > freeOf(world, above.account, assetPaid(market.market, above.side))) return false;
  setLock(world, above, need);
  return true;
}

/** An algo order whose turn in its list has come: the last price may already do what it waits for. */
function waitOrTakeTurn(world: World, market: NaiveMarket, order: NaiveOrder): void {
  beginToWait(world, order);
  if (!reachesStop(order, market.lastPrice)) return;
  if (order.trailingDelta > 0) order.extreme = market.lastPrice;
  else takeTriggeredTurn(world, order);
}
