import { withField, withWord } from "#shared/domain/digest/field-hash.ts";
import { ORDER_FIELD, packedWords } from "#shared/domain/digest/order-hash.ts";
import { TAG } from "#shared/domain/digest/state-digest.ts";
import { assert } from "#shared/domain/invariant.ts";
import { STAGE_PENDING, STAGE_TAKING, STAGE_WAITING, STAGE_WORKING } from "../book/orders.ts";
import type { MarketState } from "./market-state.ts";
import type { Shard } from "./shard.ts";
import { BUY, isAlgo, isMarket, type Terms, triggersUpward } from "./terms.ts";

export function sideOf(shard: Shard, order: number): number {
  return shard.book.orders.words(order) & 15;
}

export function typeOf(shard: Shard, order: number): number {
  return (shard.book.orders.words(order) >> 4) & 15;
}

export function timeInForceOf(shard: Shard, order: number): number {
  return (shard.book.orders.words(order) >> 8) & 15;
}

export function preventionOf(shard: Shard, order: number): number {
  return (shard.book.orders.words(order) >> 12) & 15;
}

export function accountOf(shard: Shard, order: number): number {
  return shard.traders.account(shard.book.orders.trader(order));
}

/** The id of its order list; 0 for none. */
export function listIdOf(shard: Shard, order: number): number {
  const extras = shard.book.orders.extras(order);
  return extras < 0 ? 0 : shard.extras.listId(extras);
}

export function preventedOf(shard: Shard, order: number): number {
  const extras = shard.book.orders.extras(order);
  return extras < 0 ? 0 : shard.extras.prevented(extras);
}

/** Lots that may still be executed. */
export function remainingOf(shard: Shard, order: number): number {
  const { orders } = shard.book;
  return orders.quantity(order) - orders.executed(order) - preventedOf(shard, order);
}

/** The price by which a BUY order's lock is computed. */
export function lockPriceOf(shard: Shard, order: number): number {
  if (sideOf(shard, order) !== BUY) return 0;
  const extras = shard.book.orders.extras(order);
  return extras < 0 ? shard.book.orders.price(order) : shard.extras.lockPrice(extras);
}

/** What one lot of it needs locked, smallest units: of quote for BUY, of base for SELL. */
export function unitOf(shard: Shard, market: MarketState, order: number): number {
  if (sideOf(shard, order) !== BUY) return market.market.basePerLot;
  return lockPriceOf(shard, order) * market.market.quotePerTickLot;
}

/** What it needs locked by itself. */
export function needOf(shard: Shard, market: MarketState, order: number): number {
  return remainingOf(shard, order) * unitOf(shard, market, order);
}

/** What it holds locked now. */
export function lockedOf(shard: Shard, market: MarketState, order: number): number {
  const { orders } = shard.book;
  const stage = orders.stage(order);
  if (stage === STAGE_PENDING || stage === STAGE_TAKING) return 0;
  const extras = orders.extras(order);
  const pairLock = extras < 0 ? -1 : shard.extras.pairLock(extras);
  return pairLock >= 0 ? pairLock : needOf(shard, market, order);
}

/** The balance that it pays from. */
export function payingBalanceOf(shard: Shard, order: number): number {
  const trader = shard.book.orders.trader(order);
  return sideOf(shard, order) === BUY
    ? shard.traders.quoteBalance(trader)
    : shard.traders.baseBalance(trader);
}

/** The record of extras, made if it is not there. */
export function extrasOf(shard: Shard, order: number): number {
  const { orders } = shard.book;
  let extras = orders.extras(order);
  if (extras < 0) {
    extras = shard.extras.create();
    orders.setExtras(order, extras);
    if (sideOf(shard, order) === BUY) shard.extras.setLockPrice(extras, orders.price(order));
    shard.extras.setWorkingTime(extras, orders.time(order));
  }
  return extras;
}

/** A new open order: known by its ids, counted, in no queue, with nothing locked. */
export function createOrder(
  shard: Shard,
  market: MarketState,
  trader: number,
  terms: Terms,
  listId: number,
  clientOrderId: number,
  stage: number,
): number {
  const { orders } = shard.book;
  const order = orders.create(terms.orderId, terms.price, terms.quantity, shard.time);
  const { side, type } = terms;
  orders.setStage(order, stage);
  orders.setWords(order, packedWords(side, type, terms.timeInForce, terms.selfTradePrevention));
  orders.setTrader(order, trader);
  orders.setClientOrderId(order, clientOrderId);
  shard.clientOrderIds.hold(clientOrderId, order);
  if (listId > 0 || terms.hasExtras) createExtras(shard, order, terms, listId);
  link(shard, trader, order);
  shard.traders.countOrder(trader, 1, isAlgo(type), terms.icebergQuantity > 0);
  if (side === BUY) shard.traders.addOpenBuyLots(trader, terms.quantity);
  hashFixed(shard, market, order, shard.clientOrderIds.word(clientOrderId));
  return order;
}

export function createExtras(shard: Shard, order: number, terms: Terms, listId: number): void {
  const record = shard.extras.create();
  shard.book.orders.setExtras(order, record);
  shard.extras.setStopPrice(record, terms.stopPrice);
  shard.extras.setTrailingDelta(record, terms.trailingDelta);
  shard.extras.setIcebergQuantity(record, terms.icebergQuantity);
  shard.extras.setGoodTillDate(record, terms.goodTillDate);
  shard.extras.setListId(record, listId);
  if (terms.goodTillDate > 0) shard.goodTillDates.add(terms.goodTillDate, terms.orderId);
}

/** Sets the price by which a BUY order locks: the limit, or for a market order to come the stop, or the last price. */
export function setLockPrice(shard: Shard, market: MarketState, order: number): void {
  if (sideOf(shard, order) !== BUY) return;
  const { orders } = shard.book;
  const extras = orders.extras(order);
  if (extras < 0) return;
  const price = isMarket(typeOf(shard, order))
    ? shard.extras.stopPrice(extras) || market.lastPrice
    : orders.price(order);
  shard.extras.setLockPrice(extras, price);
}

/** Locks what it needs by itself. */
export function lockOrder(shard: Shard, market: MarketState, order: number): void {
  shard.balances.lock(payingBalanceOf(shard, order), needOf(shard, market, order));
}

/** Puts it at the back of its level, showing its first or next part. */
export function joinBook(shard: Shard, market: MarketState, order: number): void {
  const { book, extras } = shard;
  const { orders } = book;
  const record = orders.extras(order);
  const part = record < 0 ? 0 : extras.icebergQuantity(record);
  const remaining = remainingOf(shard, order);
  const visible = part > 0 ? Math.min(part, remaining) : remaining;
  assert(visible > 0, "what joins the book has something to show");
  const side = sideOf(shard, order);
  const queue = market.own(side);
  const price = orders.price(order);
  const level = queue.at(price);
  if (level >= 0) market.depth.touch(side, level);
  orders.setStage(order, STAGE_WORKING);
  orders.setPriority(order, shard.nextPriority());
  book.join(queue, order, price, visible);
  if (level < 0) market.depth.touchNew(side, orders.level(order));
  rehash(shard, market, order);
}

/** Lets it wait for its trigger, or track at once. */
export function beginWaiting(shard: Shard, market: MarketState, order: number): void {
  const { book } = shard;
  const extras = book.orders.extras(order);
  book.orders.setStage(order, STAGE_WAITING);
  const stopPrice = shard.extras.stopPrice(extras);
  if (stopPrice === 0) {
    beginTracking(shard, market, order, market.lastPrice);
    return;
  }
  book.orders.setPriority(order, shard.nextPriority());
  const upward = triggersUpward(typeOf(shard, order), sideOf(shard, order));
  book.join(market.triggers(upward), order, stopPrice, 0);
  rehash(shard, market, order);
}

/** Lets a trailing order track from a price on. */
export function beginTracking(shard: Shard, market: MarketState, order: number, price: number): void {
  const { orders } = shard.book;
  orders.setStage(order, STAGE_WAITING);
  orders.setPriority(order, shard.nextPriority());
  shard.extras.setExtreme(orders.extras(order), price);
  market.tracking(sideOf(shard, order)).add(order);
  rehash(shard, market, order);
}

/** Takes it out of wherever it stands. What it has locked stays locked. */
export function leavePlace(shard: Shard, market: MarketState, order: number): void {
  const { book } = shard;
  const stage = book.orders.stage(order);
  const side = sideOf(shard, order);
  if (stage === STAGE_WORKING) {
    market.depth.touch(side, book.orders.level(order));
    book.leave(market.own(side), order);
  } else if (stage === STAGE_WAITING) {
    if (book.orders.level(order) >= 0) {
      book.leave(market.triggers(triggersUpward(typeOf(shard, order), side)), order);
    } else market.tracking(side).delete(order);
  }
}

/** Ends an order: out of its place, unlocked, forgotten. Its list is another matter. */
export function closeOrder(shard: Shard, market: MarketState, order: number): void {
  leavePlace(shard, market, order);
  shard.balances.unlock(payingBalanceOf(shard, order), lockedOf(shard, market, order));
  dropOrder(shard, order);
}

/** Forgets an order that is in no place and has nothing locked. */
export function dropOrder(shard: Shard, order: number): void {
  const { orders } = shard.book;
  const trader = orders.trader(order);
  const extras = orders.extras(order);
  const hashed = orders.hashed(order);
  if (hashed !== 0) shard.digest.subtract(hashed);
  const isIceberg = extras >= 0 && shard.extras.icebergQuantity(extras) > 0;
  shard.traders.countOrder(trader, -1, isAlgo(typeOf(shard, order)), isIceberg);
  if (sideOf(shard, order) === BUY) shard.traders.addOpenBuyLots(trader, -remainingOf(shard, order));
  unlink(shard, trader, order);
  shard.clientOrderIds.release(orders.clientOrderId(order));
  if (extras >= 0) shard.extras.drop(extras);
  orders.drop(order);
}

/** Brings its part of the state's digest up to date. */
export function rehash(shard: Shard, market: MarketState, order: number): void {
  const { orders } = shard.book;
  const quantity = orders.quantity(order);
  const executed = orders.executed(order);
  const executedQuote = orders.executedQuote(order);
  const visible = orders.visible(order);
  const priority = orders.priority(order);
  const locked = lockedOf(shard, market, order);
  const lockPrice = lockPriceOf(shard, order);
  const record = orders.extras(order);
  const workingTime = record < 0 ? orders.time(order) : shard.extras.workingTime(record);
  let sum = withField(orders.fixed(order), ORDER_FIELD.quantity, quantity);
  sum = withField(sum, ORDER_FIELD.executed, executed);
  sum = withField(sum, ORDER_FIELD.executedQuote, executedQuote);
  sum = withField(sum, ORDER_FIELD.visible, visible);
  sum = withField(sum, ORDER_FIELD.priority, priority);
  sum = withField(sum, ORDER_FIELD.locked, locked);
  sum = withField(sum, ORDER_FIELD.lockPrice, lockPrice);
  sum = withField(sum, ORDER_FIELD.workingTime, workingTime);
  if (record >= 0) {
    sum = withField(sum, ORDER_FIELD.prevented, shard.extras.prevented(record));
    sum = withField(sum, ORDER_FIELD.extreme, shard.extras.extreme(record));
  }
  const before = orders.hashed(order);
  if (before !== 0) shard.digest.subtract(before);
  if (sum !== 0) shard.digest.add(sum);
  orders.setHashed(order, sum);
}

/** The part of its hash that never changes, not yet mixed. */
export function hashFixed(shard: Shard, market: MarketState, order: number, clientOrderIdWord: number): void {
  const { orders } = shard.book;
  const orderId = orders.orderId(order);
  const account = accountOf(shard, order);
  const words = orders.words(order);
  const price = orders.price(order);
  const time = orders.time(order);
  let sum = withField(TAG.order, ORDER_FIELD.orderId, orderId);
  sum = withField(sum, ORDER_FIELD.account, account);
  sum = withWord(sum, 2 * ORDER_FIELD.market, market.word);
  sum = withWord(sum, 2 * ORDER_FIELD.clientOrderId, clientOrderIdWord);
  sum = withWord(sum, 2 * ORDER_FIELD.words, words);
  sum = withField(sum, ORDER_FIELD.price, price);
  sum = withField(sum, ORDER_FIELD.time, time);
  const record = orders.extras(order);
  if (record >= 0) {
    const { extras } = shard;
    sum = withField(sum, ORDER_FIELD.stopPrice, extras.stopPrice(record));
    sum = withField(sum, ORDER_FIELD.trailingDelta, extras.trailingDelta(record));
    sum = withField(sum, ORDER_FIELD.icebergQuantity, extras.icebergQuantity(record));
    sum = withField(sum, ORDER_FIELD.goodTillDate, extras.goodTillDate(record));
    sum = withField(sum, ORDER_FIELD.listId, extras.listId(record));
  }
  orders.setFixed(order, sum);
}

function link(shard: Shard, trader: number, order: number): void {
  const { orders } = shard.book;
  const first = shard.traders.firstOrder(trader);
  orders.setOwnPrevious(order, -1);
  orders.setOwnNext(order, first);
  if (first >= 0) orders.setOwnPrevious(first, order);
  shard.traders.setFirstOrder(trader, order);
}

function unlink(shard: Shard, trader: number, order: number): void {
  const { orders } = shard.book;
  const previous = orders.ownPrevious(order);
  const next = orders.ownNext(order);
  if (previous < 0) shard.traders.setFirstOrder(trader, next);
  else orders.setOwnNext(previous, next);
  if (next >= 0) orders.setOwnPrevious(next, previous);
}
