import { packedWords } from "#shared/domain/digest/order-hash.ts";
import { type ByteReader, DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { assert } from "#shared/domain/invariant.ts";
import { ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE } from "#shared/domain/order.ts";
import { STAGE_PENDING, STAGE_WAITING, STAGE_WORKING } from "../book/orders.ts";
import { MAX_PRICE } from "./definitions.ts";
import type { MarketState } from "./market-state.ts";
import { createExtras, hashFixed, lockedOf, lockPriceOf, rehash, remainingOf } from "./open-orders.ts";
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
  STOP_PRICE,
  TIME,
  TRAILING_DELTA,
  VISIBLE,
  WORKING_TIME,
} from "./snapshot-order.ts";
import { BUY, isAlgo, isMarket, Terms } from "./terms.ts";

const terms = new Terms();
const numbers = new Float64Array(ORDER_NUMBERS);

/** Takes the orders of a side of a book over. Those with extras join `withExtras`, and are not yet in the digest. */
export function restoreBookSide(
  reader: ByteReader,
  shard: Shard,
  market: MarketState,
  side: number,
  withExtras: number[],
): void {
  const { book } = shard;
  const queue = market.own(side);
  let lastPrice = side === BUY ? Number.POSITIVE_INFINITY : 0;
  let lastPriority = 0;
  for (let left = reader.count(); left > 0; left--) {
    const order = restoreOrder(reader, shard, market, STAGE_WORKING);
    const price = terms.price;
    const priority = numbers[PRIORITY] as number;
    assert(terms.side === side && price > 0 && !isMarket(terms.type), "an order in the book belongs there");
    const isInTurn =
      price === lastPrice ? priority > lastPriority : side === BUY ? price < lastPrice : price > lastPrice;
    assert(isInTurn, "orders in the book stand by price, then time");
    lastPrice = price;
    lastPriority = priority;
    const visible = numbers[VISIBLE] as number;
    const remaining = remainingOf(shard, order);
    const part = terms.icebergQuantity;
    const isVisible =
      part > 0 ? visible > 0 && visible <= part && visible <= remaining : visible === remaining;
    assert(isVisible, "an order in the book shows what it should");
    book.join(queue, order, price, visible);
    finish(shard, market, order, withExtras);
  }
}

/** Takes waiting or pending orders over. Returns them, by order id. */
export function restoreOutsideBook(
  reader: ByteReader,
  shard: Shard,
  market: MarketState,
  stage: number,
  withExtras: number[],
): number[] {
  const restored: number[] = [];
  let last = 0;
  for (let left = reader.count(); left > 0; left--) {
    const order = restoreOrder(reader, shard, market, stage);
    assert(terms.orderId > last, "orders outside the book stand by id");
    last = terms.orderId;
    assert(numbers[VISIBLE] === 0, "an order outside the book shows nothing");
    assert(stage !== STAGE_WAITING || isAlgo(terms.type), "an order that waits has a trigger");
    assert(stage !== STAGE_PENDING || (numbers[LIST_ID] as number) > 0, "a pending order is of a list");
    finish(shard, market, order, withExtras);
    restored.push(order);
  }
  return restored;
}

/** As `openOrderCodec` and `writeOrder`: an open order that is in no queue. `terms` and `numbers` keep what was read. */
function restoreOrder(reader: ByteReader, shard: Shard, market: MarketState, stage: number): number {
  const { orders } = shard.book;
  const account = reader.uint();
  reader.expect(market.text, "an order stands with another market");
  terms.orderId = reader.uint();
  const clientOrderId = reader.skipText();
  terms.side = wordOf(reader, SIDES);
  terms.type = wordOf(reader, ORDER_TYPES);
  terms.timeInForce = wordOf(reader, TIMES_IN_FORCE);
  terms.selfTradePrevention = wordOf(reader, SELF_TRADE_PREVENTIONS);
  reader.uints(numbers, ORDER_NUMBERS);
  terms.price = numbers[PRICE] as number;
  terms.quantity = numbers[QUANTITY] as number;
  terms.stopPrice = numbers[STOP_PRICE] as number;
  terms.trailingDelta = numbers[TRAILING_DELTA] as number;
  terms.icebergQuantity = numbers[ICEBERG_QUANTITY] as number;
  terms.goodTillDate = numbers[GOOD_TILL_DATE] as number;
  const executed = numbers[EXECUTED] as number;
  const done = executed + (numbers[PREVENTED] as number);
  const priority = numbers[PRIORITY] as number;
  assert(terms.price <= MAX_PRICE && terms.stopPrice <= MAX_PRICE, "no price is too high");
  assert(done < terms.quantity, "an open order has something left");
  assert(priority <= shard.lastPriority, "a place in time was given before");

  const order = orders.add(terms.orderId, terms.price, terms.quantity, numbers[TIME] as number);
  const trader = shard.trader(account, market);
  const entry = shard.clientOrderIds.add(account, reader.bytes, clientOrderId);
  shard.clientOrderIds.hold(entry, order);
  orders.setStage(order, stage);
  orders.setWords(order, packedWords(terms.side, terms.type, terms.timeInForce, terms.selfTradePrevention));
  orders.setTrader(order, trader);
  orders.setClientOrderId(order, entry);
  orders.setOwnNext(order, shard.traders.firstOrder(trader));
  shard.traders.setFirstOrder(trader, order);
  orders.setPriority(order, priority);
  if (executed > 0) orders.addExecuted(order, executed, numbers[EXECUTED_QUOTE] as number);
  else assert(numbers[EXECUTED_QUOTE] === 0, "nothing executed is worth nothing");
  shard.traders.countOrder(trader, 1, isAlgo(terms.type), terms.icebergQuantity > 0);
  if (terms.side === BUY) shard.traders.addOpenBuyLots(trader, terms.quantity - done);
  const listId = numbers[LIST_ID] as number;
  if (listId > 0 || terms.hasExtras) createExtras(shard, order, terms, listId);
  hashFixed(shard, market, order, shard.clientOrderIds.word(entry));
  restoreExtras(shard, order);
  return order;
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

function restoreExtras(shard: Shard, order: number): void {
  const { orders } = shard.book;
  const { extras } = shard;
  let record = orders.extras(order);
  if (record < 0 && numbers[PREVENTED] === 0) {
    const isPlain = numbers[EXTREME] === 0 && numbers[WORKING_TIME] === numbers[TIME];
    assert(isPlain, "an order without extras has worked since it came");
    return;
  }
  if (record < 0) {
    record = extras.create();
    orders.setExtras(order, record);
  }
  extras.setPrevented(record, numbers[PREVENTED] as number);
  extras.setExtreme(record, numbers[EXTREME] as number);
  extras.setLockPrice(record, numbers[LOCK_PRICE] as number);
  extras.setWorkingTime(record, numbers[WORKING_TIME] as number);
  // Made right once its list is there.
  extras.setPairLock(record, numbers[LOCKED] as number);
}

/** An order in its place is asserted to lock what it needs, and joins the digest; one with extras must wait for its list. */
function finish(shard: Shard, market: MarketState, order: number, withExtras: number[]): void {
  assert(lockPriceOf(shard, order) === numbers[LOCK_PRICE], "an order locks at its price");
  if (shard.book.orders.extras(order) >= 0) {
    withExtras.push(order);
    return;
  }
  assert(lockedOf(shard, market, order) === numbers[LOCKED], "an order locks what it needs");
  rehash(shard, market, order);
}

/** One of a list of words, by its place. */
function wordOf(reader: ByteReader, words: readonly string[]): number {
  const place = reader.byte();
  if (place >= words.length) throw new DecodingError("an unknown word");
  return place;
}
