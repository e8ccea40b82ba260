import { packedWords } from "#shared/domain/digest/order-hash.ts";
import type { ByteReader } from "#shared/domain/encoding/byte-reader.ts";
import { assert } from "#shared/domain/invariant.ts";
import { STAGE_PENDING, STAGE_WAITING, STAGE_WORKING } from "../book/orders.ts";
import { MAX_PRICE } from "./definitions.ts";
import type { MarketState } from "./market-state.ts";
import { createExtras, hashFixed, lockedOf, lockPriceOf, rehash, remainingOf } from "./open-orders.ts";
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
  STOP_PRICE,
  TIME,
  TRAILING_DELTA,
  VISIBLE,
  WORKING_TIME,
} from "./snapshot-order.ts";
import { BUY, isAlgo, isMarket, Terms } from "./terms.ts";

const batch = new OrderBatch();
const { numbers } = batch;
const terms = new Terms();

/** Takes the orders of a side of a book over. Those with extras join `withExtras`, and are not yet in the digest. */
export function restoreBookSide(
  reader: ByteReader,
  shard: Shard,
  market: MarketState,
  side: number,
  withExtras: number[],
): void {
  const queue = market.own(side);
  let lastPrice = side === BUY ? Number.POSITIVE_INFINITY : 0;
  let lastPriority = 0;
  restoreOrders(reader, shard, market, STAGE_WORKING, withExtras, (order, n) => {
    const { price, icebergQuantity: part } = terms;
    const priority = numbers[n + PRIORITY] as number;
    assert(terms.side === side && price > 0 && !isMarket(terms.type), "an order in the book belongs there");
    const isWorse = side === BUY ? price < lastPrice : price > lastPrice;
    assert(
      isWorse || (price === lastPrice && priority > lastPriority),
      "orders in the book stand by price, then time",
    );
    lastPrice = price;
    lastPriority = priority;
    const visible = numbers[n + VISIBLE] as number;
    const remaining = remainingOf(shard, order);
    const most = part > 0 ? Math.min(part, remaining) : remaining;
    assert(
      visible > 0 && visible <= most && (part > 0 || visible === most),
      "an order in the book shows what it should",
    );
    shard.book.join(queue, order, price, visible);
  });
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
  restoreOrders(reader, shard, market, stage, withExtras, (order, n) => {
    assert(terms.orderId > last, "orders outside the book stand by id");
    last = terms.orderId;
    assert(numbers[n + VISIBLE] === 0, "an order outside the book shows nothing");
    assert(stage !== STAGE_WAITING || isAlgo(terms.type), "an order that waits has a trigger");
    assert(stage !== STAGE_PENDING || (numbers[n + LIST_ID] as number) > 0, "a pending order is of a list");
    restored.push(order);
  });
  return restored;
}

/** Takes a list of orders over. `place` puts each, in `terms` and in `numbers` from `n` on, in its place; then it is asserted to lock what it needs. */
function restoreOrders(
  reader: ByteReader,
  shard: Shard,
  market: MarketState,
  stage: number,
  withExtras: number[],
  place: (order: number, n: number) => void,
): void {
  for (let left = reader.count(); left > 0; left -= OrderBatch.SIZE) {
    const count = Math.min(left, OrderBatch.SIZE);
    batch.read(reader, market.text, count);
    shard.traders.fetch(batch.accounts, market.number, count);
    for (let at = 0; at < count; at++) {
      const n = at * ORDER_NUMBERS;
      const order = restoreOrder(reader.bytes, shard, market, stage, at, n);
      place(order, n);
      finish(shard, market, order, n, withExtras);
    }
  }
}

/** As `openOrderCodec`: an order of the batch becomes an open one that is in no queue. */
function restoreOrder(
  bytes: Uint8Array,
  shard: Shard,
  market: MarketState,
  stage: number,
  at: number,
  n: number,
): number {
  const { orders } = shard.book;
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
  const executed = numbers[n + EXECUTED] as number;
  const done = executed + (numbers[n + PREVENTED] as number);
  const priority = numbers[n + PRIORITY] as number;
  assert(terms.price <= MAX_PRICE && terms.stopPrice <= MAX_PRICE, "no price is too high");
  assert(done < terms.quantity, "an open order has something left");
  assert(priority <= shard.lastPriority, "a place in time was given before");

  const order = orders.add(terms.orderId, terms.price, terms.quantity, numbers[n + TIME] as number);
  const account = batch.accounts[at] as number;
  const trader = shard.trader(account, market);
  const entry = shard.clientOrderIds.add(account, bytes, batch.clientOrderIds[at] as number);
  shard.clientOrderIds.hold(entry, order);
  orders.setStage(order, stage);
  orders.setWords(order, packedWords(terms.side, terms.type, terms.timeInForce, terms.selfTradePrevention));
  orders.setTrader(order, trader);
  orders.setClientOrderId(order, entry);
  orders.setOwnNext(order, shard.traders.firstOrder(trader));
  shard.traders.setFirstOrder(trader, order);
  orders.setPriority(order, priority);
  if (executed > 0) orders.addExecuted(order, executed, numbers[n + EXECUTED_QUOTE] as number);
  else assert(numbers[n + EXECUTED_QUOTE] === 0, "nothing executed is worth nothing");
  shard.traders.countOrder(trader, 1, isAlgo(terms.type), terms.icebergQuantity > 0);
  if (terms.side === BUY) shard.traders.addOpenBuyLots(trader, terms.quantity - done);
  const listId = numbers[n + LIST_ID] as number;
  if (listId > 0 || terms.hasExtras) createExtras(shard, order, terms, listId);
  hashFixed(shard, market, order, shard.clientOrderIds.word(entry));
  restoreExtras(shard, order, n);
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
function finish(shard: Shard, market: MarketState, order: number, n: number, withExtras: number[]): void {
  assert(lockPriceOf(shard, order) === numbers[n + LOCK_PRICE], "an order locks at its price");
  if (shard.book.orders.extras(order) >= 0) {
    withExtras.push(order);
    return;
  }
  assert(lockedOf(shard, market, order) === numbers[n + LOCKED], "an order locks what it needs");
  rehash(shard, market, order);
}
