import { packedWords } from "#shared/domain/digest/order-hash.ts";
import type { ByteReader } from "#shared/domain/encoding/byte-reader.ts";
import { assert } from "#shared/domain/invariant.ts";
import { DETAILS_ROW, ORDER_ROW, STAGE_PENDING, STAGE_WAITING, STAGE_WORKING } from "../book/orders.ts";
import { MAX_PRICE } from "./definitions.ts";
import type { LockSums } from "./lock-sums.ts";
import type { MarketState } from "./market-state.ts";
import { createExtras, hashFixed, lockedOf, lockPriceOf, rehash } from "./open-orders.ts";
import { OrderBatch } from "./order-batch.ts";
import type { Shard } from "./shard.ts";
import {
  EXECUTED,
  EXECUTED_QUOTE,
  EXTREME,
  GOOD_TILL_DATE,
  ICEBERG_QUANTITY,
  LIST_ID,
  LOCK_PRICE,
  LOCKED,
  ORDER_NUMBERS,
  PREVENTED,
  PRICE,
  PRIORITY,
  QUANTITY,
  SHORTEST_ORDER,
  STOP_PRICE,
  TIME,
  TRAILING_DELTA,
  VISIBLE,
  WORKING_TIME,
} from "./snapshot-order.ts";
import { BUY, isAlgo, isMarket, Terms } from "./terms.ts";
import { TRADER_ROW } from "./traders.ts";

// Constants of this module, which the compiler folds: see ORDER_ROW.
const { FLOAT_SHIFT, EXECUTED: O_EXECUTED, INT_SHIFT, STAGE, WORDS, TRADER } = ORDER_ROW;
const { EXECUTED_QUOTE: O_EXECUTED_QUOTE, PRIORITY: O_PRIORITY, CLIENT_ORDER_ID, OWN_NEXT } = DETAILS_ROW;
const { FLOAT_SHIFT: T_FLOAT_SHIFT, OPEN_BUY_LOTS, INT_SHIFT: T_INT_SHIFT, FIRST_ORDER } = TRADER_ROW;
const { OPEN_ORDERS, OPEN_ALGO_ORDERS, OPEN_ICEBERG_ORDERS } = TRADER_ROW;

const batch = new OrderBatch();
const { numbers } = batch;
const terms = new Terms();

/** Takes the orders of a side of a book over. Those with extras join `withExtras`, and are not yet in the digest nor in `locks`. */
export function restoreBookSide(
  reader: ByteReader,
  shard: Shard,
  market: MarketState,
  side: number,
  withExtras: number[],
  locks: LockSums,
): void {
  const { book } = shard;
  const queue = market.own(side);
  const total = reader.count(SHORTEST_ORDER);
  // A book has about as many orders to sell as to buy; what is not written to costs nothing but addresses.
  makeRoom(shard, side === BUY ? 2 * total : total);
  let level = -1;
  let lastPrice = side === BUY ? Number.POSITIVE_INFINITY : 0;
  let lastPriority = 0;
  for (let left = total; left > 0; left -= OrderBatch.SIZE) {
    const count = readBatch(reader, shard, market, left);
    for (let at = 0; at < count; at++) {
      const n = at * ORDER_NUMBERS;
      const order = restoreOrder(reader.bytes, shard, market, STAGE_WORKING, at, n);
      const price = numbers[n + PRICE] as number;
      const part = numbers[n + ICEBERG_QUANTITY] as number;
      const priority = numbers[n + PRIORITY] as number;
      const belongs = batch.sides[at] === side && price > 0 && !isMarket(batch.types[at] as number);
      assert(belongs, "an order in the book belongs there");
      const isWorse = side === BUY ? price < lastPrice : price > lastPrice;
      assert(
        isWorse || (price === lastPrice && priority > lastPriority),
        "orders in the book stand by price, then time",
      );
      lastPrice = price;
      lastPriority = priority;
      const visible = numbers[n + VISIBLE] as number;
      const remaining = (numbers[n + QUANTITY] as number) - doneOf(n);
      const most = part > 0 ? Math.min(part, remaining) : remaining;
      assert(
        visible > 0 && visible <= most && (part > 0 || visible === most),
        "an order in the book shows what it should",
      );
      if (isWorse) level = queue.create(price);
      book.joinLevel(level, order, visible);
      finish(shard, market, order, at, n, withExtras, locks);
    }
  }
}

/** Takes waiting or pending orders over. Returns them, by order id. */
export function restoreOutsideBook(
  reader: ByteReader,
  shard: Shard,
  market: MarketState,
  stage: number,
  withExtras: number[],
  locks: LockSums,
): number[] {
  const restored: number[] = [];
  let last = 0;
  const total = reader.count(SHORTEST_ORDER);
  makeRoom(shard, total);
  for (let left = total; left > 0; left -= OrderBatch.SIZE) {
    const count = readBatch(reader, shard, market, left);
    for (let at = 0; at < count; at++) {
      const n = at * ORDER_NUMBERS;
      const order = restoreOrder(reader.bytes, shard, market, stage, at, n);
      const orderId = batch.orderIds[at] as number;
      assert(orderId > last, "orders outside the book stand by id");
      last = orderId;
      assert(numbers[n + VISIBLE] === 0, "an order outside the book shows nothing");
      const isWaiting = stage === STAGE_WAITING;
      assert(!isWaiting || isAlgo(batch.types[at] as number), "an order that waits has a trigger");
      assert(stage !== STAGE_PENDING || (numbers[n + LIST_ID] as number) > 0, "a pending order is of a list");
      restored.push(order);
      finish(shard, market, order, at, n, withExtras, locks);
    }
  }
  return restored;
}

/** Makes room for so many orders more. */
function makeRoom({ book, clientOrderIds }: Shard, count: number): void {
  book.orders.reserveRows(book.orders.end + count);
  clientOrderIds.reserveRows(clientOrderIds.end + count);
}

/** Reads the next orders, of which so many are left. Returns how many it read. */
function readBatch(reader: ByteReader, shard: Shard, market: MarketState, left: number): number {
  const count = Math.min(left, OrderBatch.SIZE);
  batch.read(reader, market.text.bytes, count);
  shard.traders.findAll(batch.accounts, market.number, count, batch.traders);
  return count;
}

/** Lots executed or prevented. */
function doneOf(n: number): number {
  return (numbers[n + EXECUTED] as number) + (numbers[n + PREVENTED] as number);
}

/**
 * As `openOrderCodec`: an order of the batch becomes an open one that is in no queue. Whoever calls puts it in its place; then `finish` asserts that it locks what
 * it needs.
 */
function restoreOrder(
  bytes: Uint8Array,
  shard: Shard,
  market: MarketState,
  stage: number,
  at: number,
  n: number,
): number {
  const { orders } = shard.book;
  const side = batch.sides[at] as number;
  const type = batch.types[at] as number;
  const price = numbers[n + PRICE] as number;
  const quantity = numbers[n + QUANTITY] as number;
  const stopPrice = numbers[n + STOP_PRICE] as number;
  const icebergQuantity = numbers[n + ICEBERG_QUANTITY] as number;
  const executed = numbers[n + EXECUTED] as number;
  const executedQuote = numbers[n + EXECUTED_QUOTE] as number;
  const done = doneOf(n);
  const priority = numbers[n + PRIORITY] as number;
  assert(price <= MAX_PRICE && stopPrice <= MAX_PRICE, "no price is too high");
  assert(done < quantity, "an open order has something left");
  assert(priority <= shard.lastPriority, "a place in time was given before");
  assert(executed > 0 || executedQuote === 0, "nothing executed is worth nothing");

  const order = orders.add(batch.orderIds[at] as number, price, quantity);
  orders.beginDetails(order, numbers[n + TIME] as number);
  const account = batch.accounts[at] as number;
  const found = batch.traders[at] as number;
  const trader = found >= 0 ? found : shard.trader(account, market);
  const entry = shard.clientOrderIds.add(account, bytes, batch.clientOrderIds[at] as number);
  shard.clientOrderIds.hold(entry, order);
  const { floats, ints } = orders.rows;
  const { details } = orders;
  const f = order << FLOAT_SHIFT;
  const i = order << INT_SHIFT;
  details.floats[f | O_PRIORITY] = priority;
  floats[f | O_EXECUTED] = executed;
  details.floats[f | O_EXECUTED_QUOTE] = executedQuote;
  ints[i | STAGE] = stage;
  ints[i | WORDS] = packedWords(
    side,
    type,
    batch.timesInForce[at] as number,
    batch.preventions[at] as number,
  );
  ints[i | TRADER] = trader;
  details.ints[i | CLIENT_ORDER_ID] = entry;
  // Among the orders of its account, and counted.
  const traders = shard.traders.rows;
  const t = trader << T_INT_SHIFT;
  details.ints[i | OWN_NEXT] = traders.ints[t | FIRST_ORDER] as number;
  traders.ints[t | FIRST_ORDER] = order;
  traders.ints[t | OPEN_ORDERS] = (traders.ints[t | OPEN_ORDERS] as number) + 1;
  if (isAlgo(type)) traders.ints[t | OPEN_ALGO_ORDERS] = (traders.ints[t | OPEN_ALGO_ORDERS] as number) + 1;
  if (icebergQuantity > 0)
    traders.ints[t | OPEN_ICEBERG_ORDERS] = (traders.ints[t | OPEN_ICEBERG_ORDERS] as number) + 1;
  if (side === BUY) {
    const lots = (trader << T_FLOAT_SHIFT) | OPEN_BUY_LOTS;
    traders.floats[lots] = (traders.floats[lots] as number) + quantity - done;
  }
  const listId = numbers[n + LIST_ID] as number;
  const isPlain = stopPrice === 0 && icebergQuantity === 0 && listId === 0;
  if (!isPlain || numbers[n + TRAILING_DELTA] !== 0 || numbers[n + GOOD_TILL_DATE] !== 0) {
    loadTerms(at, n);
    createExtras(shard, order, terms, listId);
  }
  hashFixed(shard, market, order, shard.clientOrderIds.word(entry));
  restoreExtras(shard, order, n);
  return order;
}

function loadTerms(at: number, n: number): void {
  terms.orderId = batch.orderIds[at] as number;
  terms.side = batch.sides[at] as number;
  terms.type = batch.types[at] as number;
  terms.timeInForce = batch.timesInForce[at] as number;
  terms.selfTradePrevention = batch.preventions[at] as number;
  terms.price = numbers[n + PRICE] as number;
  terms.quantity = numbers[n + QUANTITY] as number;
  terms.stopPrice = numbers[n + STOP_PRICE] as number;
  terms.trailingDelta = numbers[n + TRAILING_DELTA] as number;
  terms.icebergQuantity = numbers[n + ICEBERG_QUANTITY] as number;
  terms.goodTillDate = numbers[n + GOOD_TILL_DATE] as number;
}

/**
 * Links the orders from a slot on, which know the next of their account, backward as well: in one walk over neighbouring rows, where linking each as it is read would
 * jump to the one before it.
 */
export function linkBackward(shard: Shard, first: number): void {
  const { orders } = shard.book;
  const previous = new Int32Array(shard.traders.count).fill(-1);
  for (let order = orders.end - 1; order >= first; order--) {
    const trader = orders.trader(order);
    orders.setOwnPrevious(order, previous[trader] as number);
    previous[trader] = order;
  }
}

function restoreExtras(shard: Shard, order: number, n: number): void {
  const { orders } = shard.book;
  const { extras } = shard;
  let record = orders.extras(order);
  if (record < 0 && numbers[n + PREVENTED] === 0) {
    const isPlain = numbers[n + EXTREME] === 0 && numbers[n + WORKING_TIME] === numbers[n + TIME];
    assert(isPlain, "an order without extras has worked since it came");
    return;
  }
  if (record < 0) {
    record = extras.create();
    orders.setExtras(order, record);
  }
  extras.setPrevented(record, numbers[n + PREVENTED] as number);
  extras.setExtreme(record, numbers[n + EXTREME] as number);
  extras.setLockPrice(record, numbers[n + LOCK_PRICE] as number);
  extras.setWorkingTime(record, numbers[n + WORKING_TIME] as number);
  // Made right once its list is there.
  extras.setPairLock(record, numbers[n + LOCKED] as number);
}

/** An order in its place is asserted to lock what it needs, and joins the digest; one with extras must wait for its list. */
function finish(
  shard: Shard,
  market: MarketState,
  order: number,
  at: number,
  n: number,
  withExtras: number[],
  locks: LockSums,
): void {
  assert(lockPriceOf(shard, order) === numbers[n + LOCK_PRICE], "an order locks at its price");
  const { orders } = shard.book;
  if (orders.extras(order) >= 0) {
    withExtras.push(order);
    return;
  }
  const locked = lockedOf(shard, market, order);
  assert(locked === numbers[n + LOCKED], "an order locks what it needs");
  locks.add(orders.trader(order), batch.sides[at] as number, locked);
  rehash(shard, market, order);
}
