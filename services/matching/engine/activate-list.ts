import { STAGE_QUEUED } from "../book/orders.ts";
import { expireStored } from "./end-order.ts";
import { INSUFFICIENT_BALANCE, WOULD_TAKE } from "./expiry.ts";
import type { MarketState } from "./market-state.ts";
import type { Matching } from "./matching.ts";
import {
  accountOf,
  beginTracking,
  beginWaiting,
  closeOrder,
  joinBook,
  lockOrder,
  needOf,
  payingBalanceOf,
  setLockPrice,
  sideOf,
  typeOf,
} from "./open-orders.ts";
import type { OrderList } from "./order-list.ts";
import type { Shard } from "./shard.ts";
import { takeTurn } from "./take-turn.ts";
import { isAlgo, LIMIT_MAKER, MARKET } from "./terms.ts";
import { isReached } from "./triggers.ts";

/** The turn of a list's pending orders has come (docs/engine-rules.md, "Order lists"). */
export function activateList(shard: Shard, matching: Matching, list: OrderList): void {
  const market = shard.markets[list.market] as MarketState;
  const { orders } = shard.book;
  const pending = list.openFollowers().map((orderId) => orders.find(orderId));
  for (const order of pending) {
    shard.events.orderActivated(orders.orderId(order), accountOf(shard, order), market.text);
    setLockPrice(shard, market, order);
  }
  const [first, second] = pending;
  if (first === undefined) return;
  if (second === undefined) activateOne(shard, matching, market, first);
  else activatePair(shard, matching, market, list, first, second);
}

function activateOne(shard: Shard, matching: Matching, market: MarketState, order: number): void {
  const type = typeOf(shard, order);
  if (type === MARKET) {
    matching.workStored(market, order);
    return;
  }
  if (wouldTake(shard, market, order)) {
    expireStored(shard, market, order, WOULD_TAKE);
    return;
  }
  const free = shard.balances.free(payingBalanceOf(shard, order));
  if (needOf(shard, market, order) > free) {
    expireStored(shard, market, order, INSUFFICIENT_BALANCE);
    return;
  }
  if (isAlgo(type)) {
    lockOrder(shard, market, order);
    waitOrTrigger(shard, matching, market, order);
  } else matching.workStored(market, order);
}

function activatePair(
  shard: Shard,
  matching: Matching,
  market: MarketState,
  list: OrderList,
  above: number,
  below: number,
): void {
  for (const order of [above, below]) {
    if (wouldTake(shard, market, order)) {
      expireStored(shard, market, order, WOULD_TAKE);
      return;
    }
  }
  const need = Math.max(needOf(shard, market, above), needOf(shard, market, below));
  if (need > shard.balances.free(payingBalanceOf(shard, above))) {
    expireBoth(shard, market, list, above, below);
    return;
  }
  lockPair(shard, above, below, need);
  const { orders } = shard.book;
  const belowId = orders.orderId(below);
  placeOne(shard, matching, market, above);
  // Above may have been triggered at once, which ended below.
  if (orders.find(belowId) === below) placeOne(shard, matching, market, below);
}

/** Locks once for both orders of an OCO: the first holds it. */
export function lockPair(shard: Shard, above: number, below: number, need: number): void {
  const { orders } = shard.book;
  shard.balances.lock(payingBalanceOf(shard, above), need);
  shard.extras.setPairLock(orders.extras(above), need);
  shard.extras.setPairLock(orders.extras(below), 0);
}

function placeOne(shard: Shard, matching: Matching, market: MarketState, order: number): void {
  if (isAlgo(typeOf(shard, order))) waitOrTrigger(shard, matching, market, order);
  else {
    shard.extras.setWorkingTime(shard.book.orders.extras(order), shard.time);
    joinBook(shard, market, order);
  }
}

/** Both expire for want of funds, above first; neither is the reason for the other's end. */
function expireBoth(shard: Shard, market: MarketState, list: OrderList, above: number, below: number): void {
  const aboveId = shard.book.orders.orderId(above);
  shard.events.orderExpired(aboveId, accountOf(shard, above), market.text, INSUFFICIENT_BALANCE);
  closeOrder(shard, market, above);
  list.isOpen[list.placeOf(aboveId)] = false;
  expireStored(shard, market, below, INSUFFICIENT_BALANCE);
}

function waitOrTrigger(shard: Shard, matching: Matching, market: MarketState, order: number): void {
  const { orders } = shard.book;
  const { extras } = shard;
  const record = orders.extras(order);
  const stopPrice = extras.stopPrice(record);
  if (!isReached(market, typeOf(shard, order), sideOf(shard, order), stopPrice)) {
    beginWaiting(shard, market, order);
    return;
  }
  if (extras.trailingDelta(record) > 0) {
    beginTracking(shard, market, order, market.lastPrice);
    return;
  }
  // It waits for no time at all, but in its place in time.
  orders.setPriority(order, shard.nextPriority());
  orders.setStage(order, STAGE_QUEUED);
  takeTurn(shard, matching, market, order);
}

function wouldTake(shard: Shard, market: MarketState, order: number): boolean {
  const price = shard.book.orders.price(order);
  return typeOf(shard, order) === LIMIT_MAKER && market.opposite(sideOf(shard, order)).isCrossedBy(price);
}
