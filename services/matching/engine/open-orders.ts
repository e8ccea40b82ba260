import { withField, withWord } from "#shared/domain/digest/field-hash.ts";
import { ORDER_FIELD, packedWords } from "#shared/domain/digest/order-hash.ts";
import { TAG } from "#shared/domain/digest/state-digest.ts";
import { assert } from "#shared/domain/invariant.ts";
import {
  DETAILS_ROW,
  ORDER_ROW,
  STAGE_PENDING,
  STAGE_TAKING,
  STAGE_WAITING,
  STAGE_WORKING,
} from "../book/orders.ts";
import type { MarketState } from "./market-state.ts";
import type { Shard } from "./shard.ts";
import { BUY, isAlgo, isMarket, type Terms, triggersUpward } from "./terms.ts";
import { TRADER_ROW } from "./traders.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const OWN_BUY = BUY;
const ownWithField = withField;
const ownWithWord = withWord;

// Constants of this module, which the compiler folds: see ORDER_ROW.
const { FLOAT_SHIFT, ORDER_ID, PRICE, QUANTITY, EXECUTED, VISIBLE, INT_SHIFT, STAGE, WORDS, TRADER } =
  ORDER_ROW;
const { EXECUTED_QUOTE, PRIORITY, TIME, CLIENT_ORDER_ID, OWN_NEXT, OWN_PREVIOUS, EXTRAS, HASHED, FIXED } =
  DETAILS_ROW;
const { FLOAT_SHIFT: T_FLOAT_SHIFT, OPEN_BUY_LOTS, INT_SHIFT: T_INT_SHIFT, FIRST_ORDER } = TRADER_ROW;
const { OPEN_ORDERS, OPEN_ALGO_ORDERS, OPEN_ICEBERG_ORDERS } = TRADER_ROW;
const {
  orderId: ORDER_ID_FIELD,
  account: ACCOUNT_FIELD,
  market: MARKET_FIELD,
  clientOrderId: CLIENT_ORDER_ID_FIELD,
  words: WORDS_FIELD,
  price: PRICE_FIELD,
  quantity: QUANTITY_FIELD,
  executed: EXECUTED_FIELD,
  executedQuote: EXECUTED_QUOTE_FIELD,
  prevented: PREVENTED_FIELD,
  visible: VISIBLE_FIELD,
  priority: PRIORITY_FIELD,
  extreme: EXTREME_FIELD,
  lockPrice: LOCK_PRICE_FIELD,
  locked: LOCKED_FIELD,
  time: TIME_FIELD,
  workingTime: WORKING_TIME_FIELD,
} = ORDER_FIELD;
const ORDER_TAG = TAG.order;

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
  if (sideOf(shard, order) !== OWN_BUY) return 0;
  const extras = shard.book.orders.extras(order);
  return extras < 0 ? shard.book.orders.price(order) : shard.extras.lockPrice(extras);
}

/** What one lot of it needs locked, smallest units: of quote for BUY, of base for SELL. */
export function unitOf(shard: Shard, market: MarketState, order: number): number {
  if (sideOf(shard, order) !== OWN_BUY) return market.market.basePerLot;
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
  return sideOf(shard, order) === OWN_BUY
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
    if (sideOf(shard, order) === OWN_BUY) shard.extras.setLockPrice(extras, orders.price(order));
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
  const { side, type } = terms;
  const order = orders.create(terms.orderId, terms.price, terms.quantity);
  orders.beginDetails(order, shard.time);
  const { ints } = orders.rows;
  const { ints: detailInts } = orders.details;
  const i = order << INT_SHIFT;
  ints[i | STAGE] = stage;
  ints[i | WORDS] = packedWords(side, type, terms.timeInForce, terms.selfTradePrevention);
  ints[i | TRADER] = trader;
  detailInts[i | CLIENT_ORDER_ID] = clientOrderId;
  shard.clientOrderIds.hold(clientOrderId, order);
  if (listId > 0 || terms.hasExtras) createExtras(shard, order, terms, listId);
  // Among the orders of its account, and counted.
  const traders = shard.traders.rows;
  const t = trader << T_INT_SHIFT;
  const first = traders.ints[t | FIRST_ORDER] as number;
  detailInts[i | OWN_PREVIOUS] = -1;
  detailInts[i | OWN_NEXT] = first;
  if (first >= 0) detailInts[(first << INT_SHIFT) | OWN_PREVIOUS] = order;
  traders.ints[t | FIRST_ORDER] = order;
  traders.ints[t | OPEN_ORDERS] = (traders.ints[t | OPEN_ORDERS] as number) + 1;
  if (isAlgo(type)) traders.ints[t | OPEN_ALGO_ORDERS] = (traders.ints[t | OPEN_ALGO_ORDERS] as number) + 1;
  if (terms.icebergQuantity > 0)
    traders.ints[t | OPEN_ICEBERG_ORDERS] = (traders.ints[t | OPEN_ICEBERG_ORDERS] as number) + 1;
  if (side === OWN_BUY) {
    const lots = (trader << T_FLOAT_SHIFT) | OPEN_BUY_LOTS;
    traders.floats[lots] = (traders.floats[lots] as number) + terms.quantity;
  }
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
  if (sideOf(shard, order) !== OWN_BUY) return;
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
  const { floats, ints } = orders.rows;
  const record = orders.extras(order);
  const part = record < 0 ? 0 : extras.icebergQuantity(record);
  const remaining = remainingOf(shard, order);
  const visible = part > 0 ? Math.min(part, remaining) : remaining;
  assert(visible > 0, "what joins the book has something to show");
  const side = (ints[(order << INT_SHIFT) | WORDS] as number) & 15;
  const queue = market.own(side);
  const price = floats[(order << FLOAT_SHIFT) | PRICE] as number;
  const found = queue.at(price);
  if (found >= 0) market.depth.touch(side, found);
  ints[(order << INT_SHIFT) | STAGE] = STAGE_WORKING;
  orders.setPriority(order, shard.nextPriority());
  const level = found >= 0 ? found : queue.create(price);
  book.joinLevel(level, order, visible);
  if (found < 0) market.depth.touchNew(side, level);
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
  const { floats, ints } = orders.rows;
  const { ints: detailInts } = orders.details;
  const f = order << FLOAT_SHIFT;
  const i = order << INT_SHIFT;
  const hashed = detailInts[i | HASHED] as number;
  if (hashed !== 0) shard.digest.subtract(hashed);
  const trader = ints[i | TRADER] as number;
  const words = ints[i | WORDS] as number;
  const traders = shard.traders.rows;
  const t = trader << T_INT_SHIFT;
  let remaining = (floats[f | QUANTITY] as number) - (floats[f | EXECUTED] as number);
  const record = detailInts[i | EXTRAS] as number;
  if (record >= 0) {
    const { extras } = shard;
    remaining -= extras.prevented(record);
    if (extras.icebergQuantity(record) > 0)
      traders.ints[t | OPEN_ICEBERG_ORDERS] = (traders.ints[t | OPEN_ICEBERG_ORDERS] as number) - 1;
    extras.drop(record);
  }
  if (isAlgo((words >> 4) & 15))
    traders.ints[t | OPEN_ALGO_ORDERS] = (traders.ints[t | OPEN_ALGO_ORDERS] as number) - 1;
  traders.ints[t | OPEN_ORDERS] = (traders.ints[t | OPEN_ORDERS] as number) - 1;
  if ((words & 15) === OWN_BUY) {
    const lots = (trader << T_FLOAT_SHIFT) | OPEN_BUY_LOTS;
    traders.floats[lots] = (traders.floats[lots] as number) - remaining;
  }
  // Out of the orders of its account.
  const previous = detailInts[i | OWN_PREVIOUS] as number;
  const next = detailInts[i | OWN_NEXT] as number;
  if (previous < 0) traders.ints[t | FIRST_ORDER] = next;
  else detailInts[(previous << INT_SHIFT) | OWN_NEXT] = next;
  if (next >= 0) detailInts[(next << INT_SHIFT) | OWN_PREVIOUS] = previous;
  shard.clientOrderIds.release(detailInts[i | CLIENT_ORDER_ID] as number);
  orders.drop(order);
}

/** Brings its part of the state's digest up to date. */
export function rehash(shard: Shard, market: MarketState, order: number): void {
  const { digest } = shard;
  const { floats, ints } = shard.book.orders.rows;
  const { floats: detailFloats, ints: detailInts } = shard.book.orders.details;
  const f = order << FLOAT_SHIFT;
  const i = order << INT_SHIFT;
  const quantity = floats[f | QUANTITY] as number;
  const executed = floats[f | EXECUTED] as number;
  const record = detailInts[i | EXTRAS] as number;
  let sum = ownWithField(detailInts[i | FIXED] as number, QUANTITY_FIELD, quantity);
  if (executed > 0) {
    sum = ownWithField(sum, EXECUTED_FIELD, executed);
    sum = ownWithField(sum, EXECUTED_QUOTE_FIELD, detailFloats[f | EXECUTED_QUOTE] as number);
  }
  sum = ownWithField(sum, VISIBLE_FIELD, floats[f | VISIBLE] as number);
  sum = ownWithField(sum, PRIORITY_FIELD, detailFloats[f | PRIORITY] as number);
  if (record < 0) {
    // Without extras: it locks at its own price and has worked since it came.
    const isBuy = ((ints[i | WORDS] as number) & 15) === OWN_BUY;
    const price = floats[f | PRICE] as number;
    const { market: definition } = market;
    const unit = isBuy ? price * definition.quotePerTickLot : definition.basePerLot;
    if (ints[i | STAGE] !== STAGE_TAKING) sum = ownWithField(sum, LOCKED_FIELD, (quantity - executed) * unit);
    if (isBuy) sum = ownWithField(sum, LOCK_PRICE_FIELD, price);
    sum = ownWithField(sum, WORKING_TIME_FIELD, detailFloats[f | TIME] as number);
  } else {
    const { extras } = shard;
    sum = ownWithField(sum, LOCKED_FIELD, lockedOf(shard, market, order));
    sum = ownWithField(sum, LOCK_PRICE_FIELD, lockPriceOf(shard, order));
    sum = ownWithField(sum, WORKING_TIME_FIELD, extras.workingTime(record));
    sum = ownWithField(sum, PREVENTED_FIELD, extras.prevented(record));
    sum = ownWithField(sum, EXTREME_FIELD, extras.extreme(record));
  }
  const before = detailInts[i | HASHED] as number;
  if (before !== 0) digest.subtract(before);
  if (sum !== 0) digest.add(sum);
  detailInts[i | HASHED] = sum;
}

/** The part of its hash that never changes, not yet mixed. */
export function hashFixed(shard: Shard, market: MarketState, order: number, clientOrderIdWord: number): void {
  const { floats, ints } = shard.book.orders.rows;
  const { floats: detailFloats, ints: detailInts } = shard.book.orders.details;
  const f = order << FLOAT_SHIFT;
  const i = order << INT_SHIFT;
  const account = shard.traders.account(ints[i | TRADER] as number);
  let sum = ownWithField(ORDER_TAG, ORDER_ID_FIELD, floats[f | ORDER_ID] as number);
  sum = ownWithField(sum, ACCOUNT_FIELD, account);
  sum = ownWithWord(sum, 2 * MARKET_FIELD, market.word);
  sum = ownWithWord(sum, 2 * CLIENT_ORDER_ID_FIELD, clientOrderIdWord);
  sum = ownWithWord(sum, 2 * WORDS_FIELD, ints[i | WORDS] as number);
  sum = ownWithField(sum, PRICE_FIELD, floats[f | PRICE] as number);
  sum = ownWithField(sum, TIME_FIELD, detailFloats[f | TIME] as number);
  const record = detailInts[i | EXTRAS] as number;
  if (record >= 0) {
    const { extras } = shard;
    sum = ownWithField(sum, ORDER_FIELD.stopPrice, extras.stopPrice(record));
    sum = ownWithField(sum, ORDER_FIELD.trailingDelta, extras.trailingDelta(record));
    sum = ownWithField(sum, ORDER_FIELD.icebergQuantity, extras.icebergQuantity(record));
    sum = ownWithField(sum, ORDER_FIELD.goodTillDate, extras.goodTillDate(record));
    sum = ownWithField(sum, ORDER_FIELD.listId, extras.listId(record));
  }
  detailInts[i | FIXED] = sum;
}
