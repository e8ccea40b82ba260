import { packedWords } from "#shared/domain/digest/order-hash.ts";
import { type ByteReader, DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { BLOCK_ROWS, roomFor } from "#shared/domain/encoding/table.ts";
import { assert } from "#shared/domain/invariant.ts";
import { ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE } from "#shared/domain/order.ts";
import { DETAILS_ROW, ORDER_ROW, STAGE_PENDING, STAGE_WAITING, STAGE_WORKING } from "../book/orders.ts";
import { MAX_PRICE } from "./definitions.ts";
import type { LockSums } from "./lock-sums.ts";
import type { MarketState } from "./market-state.ts";
import { createExtras, hashFixed, lockedOf, lockPriceOf, rehash } from "./open-orders.ts";
import { COLUMNS, orderTable } from "./order-columns.ts";
import type { Shard } from "./shard.ts";
import { BUY, isAlgo, isMarket, Terms } from "./terms.ts";
import { TRADER_ROW } from "./traders.ts";

// Constants of this module, which the compiler folds: see ORDER_ROW.
const { FLOAT_SHIFT, EXECUTED, INT_SHIFT, STAGE, WORDS, TRADER } = ORDER_ROW;
const { EXECUTED_QUOTE, PRIORITY, CLIENT_ORDER_ID, OWN_NEXT } = DETAILS_ROW;
const {
  FLOAT_SHIFT: T_FLOAT_SHIFT,
  ACCOUNT,
  OPEN_BUY_LOTS,
  INT_SHIFT: T_INT_SHIFT,
  FIRST_ORDER,
} = TRADER_ROW;
const { OPEN_ORDERS, OPEN_ALGO_ORDERS, OPEN_ICEBERG_ORDERS } = TRADER_ROW;
const [SIDE_COUNT, TYPE_COUNT] = [SIDES.length, ORDER_TYPES.length];
const [TIME_IN_FORCE_COUNT, PREVENTION_COUNT] = [TIMES_IN_FORCE.length, SELF_TRADE_PREVENTIONS.length];

const { accounts, idSizes, orderIds, sides, types, timesInForce, preventions } = COLUMNS;
const { prices, quantities, stopPrices, trailingDeltas, icebergQuantities, goodTillDates } = COLUMNS;
const { listIds, executeds, executedQuotes, prevented, visibles, priorities } = COLUMNS;
const { extremes, lockPrices, lockeds, times, workingTimes, remembered } = COLUMNS;

/** Of the rows of a block: where their client order ids stand in the bytes, and the records of their accounts in the market. */
const idStarts = new Int32Array(BLOCK_ROWS);
const traderSlots = new Int32Array(BLOCK_ROWS);
const terms = new Terms();

/** Takes the orders of a market over, table by table. */
export class OrdersOfMarket {
  /** Those with extras: they are not yet in the digest nor in the sums of locks, since what they lock depends on their lists, which come after them. */
  readonly withExtras: number[] = [];
  readonly #reader: ByteReader;
  readonly #shard: Shard;
  readonly #market: MarketState;
  readonly #locks: LockSums;
  /** By the places of the accounts. */
  readonly #traders: Int32Array;
  /** Where the last order in the book stands. */
  #last = { level: -1, price: 0, priority: 0 };

  constructor(reader: ByteReader, shard: Shard, market: MarketState, traders: Int32Array, locks: LockSums) {
    this.#reader = reader;
    this.#shard = shard;
    this.#market = market;
    this.#traders = traders;
    this.#locks = locks;
  }

  /** Of a side of the book. */
  restoreBookSide(side: number): void {
    this.#last = { level: -1, price: 0, priority: 0 };
    // A book has about as many orders to sell as to buy; what is not written to costs nothing but addresses.
    this.#read((row) => this.#restoreInBook(side, row), side === BUY ? 2 : 1);
  }

  /** Waiting or pending orders. Returns them, by order id. */
  restoreOutsideBook(stage: number): number[] {
    const restored: number[] = [];
    let last = 0;
    this.#read((row) => {
      const order = this.#restoreOrder(stage, row);
      const orderId = orderIds[row] as number;
      assert(orderId > last, "orders outside the book stand by id");
      last = orderId;
      assert(visibles[row] === 0, "an order outside the book shows nothing");
      const isWaiting = stage === STAGE_WAITING;
      assert(!isWaiting || isAlgo(types[row] as number), "an order that waits has a trigger");
      assert(stage !== STAGE_PENDING || (listIds[row] as number) > 0, "a pending order is of a list");
      restored.push(order);
      this.#finish(order, row);
    });
    return restored;
  }

  /** `take` is called for each row: a function that is called often is compiled, and once only, where a long loop is left and entered again. */
  #read(take: (row: number) => void, room = 1): void {
    const { book, clientOrderIds } = this.#shard;
    const count = this.#reader.count();
    const more = room * roomFor(this.#reader, count);
    book.orders.reserveRows(book.orders.end + more);
    clientOrderIds.reserveRows(clientOrderIds.end + more);
    orderTable.read(this.#reader, count, (_first, rows) => {
      this.#find(rows);
      for (let row = 0; row < rows; row++) take(row);
    });
  }

  /** Finds what stands elsewhere: where the client order ids begin, and the records of the accounts, whose memory is read for all of them at once. */
  #find(rows: number): void {
    for (let row = 0; row < rows; row++) {
      const trader = this.#traders[accounts[row] as number];
      if (trader === undefined) throw new DecodingError("an order is of no account");
      traderSlots[row] = trader;
    }
    this.#shard.traders.fetch(traderSlots, rows);
    this.#shard.clientOrderIds.fetchRemembered(remembered, rows);
    for (let row = 0; row < rows; row++) idStarts[row] = this.#reader.skip(idSizes[row] as number);
  }

  #restoreInBook(side: number, row: number): void {
    const { book } = this.#shard;
    const order = this.#restoreOrder(STAGE_WORKING, row);
    const price = prices[row] as number;
    const part = icebergQuantities[row] as number;
    const priority = priorities[row] as number;
    const belongs = sides[row] === side && price > 0 && !isMarket(types[row] as number);
    assert(belongs, "an order in the book belongs there");
    const { level, price: lastPrice } = this.#last;
    const isWorse = level < 0 || (side === BUY ? price < lastPrice : price > lastPrice);
    assert(
      isWorse || (price === lastPrice && priority > this.#last.priority),
      "orders in the book stand by price, then time",
    );
    const visible = visibles[row] as number;
    const remaining = (quantities[row] as number) - doneOf(row);
    const most = part > 0 ? Math.min(part, remaining) : remaining;
    assert(
      visible > 0 && visible <= most && (part > 0 || visible === most),
      "an order in the book shows what it should",
    );
    if (isWorse) this.#last.level = this.#market.own(side).create(price);
    this.#last.price = price;
    this.#last.priority = priority;
    book.joinLevel(this.#last.level, order, visible);
    this.#finish(order, row);
  }

  /** An order becomes an open one that is in no queue. Whoever calls puts it in its place; then `#finish` asserts that it locks what it needs. */
  #restoreOrder(stage: number, row: number): number {
    const shard = this.#shard;
    const { orders } = shard.book;
    const side = sides[row] as number;
    const type = types[row] as number;
    const timeInForce = timesInForce[row] as number;
    const prevention = preventions[row] as number;
    const areWords =
      side < SIDE_COUNT &&
      type < TYPE_COUNT &&
      timeInForce < TIME_IN_FORCE_COUNT &&
      prevention < PREVENTION_COUNT;
    if (!areWords) throw new DecodingError("an unknown word");
    const price = prices[row] as number;
    const quantity = quantities[row] as number;
    const executed = executeds[row] as number;
    const executedQuote = executedQuotes[row] as number;
    const done = doneOf(row);
    const priority = priorities[row] as number;
    assert(price <= MAX_PRICE && (stopPrices[row] as number) <= MAX_PRICE, "no price is too high");
    assert(done < quantity, "an open order has something left");
    assert(priority <= shard.lastPriority, "a place in time was given before");
    assert(executed > 0 || executedQuote === 0, "nothing executed is worth nothing");

    const order = orders.add(orderIds[row] as number, price, quantity);
    orders.beginDetails(order, times[row] as number);
    const trader = traderSlots[row] as number;
    const traders = shard.traders.rows;
    const entry = shard.clientOrderIds.add(
      traders.floats[(trader << T_FLOAT_SHIFT) | ACCOUNT] as number,
      this.#reader.bytes,
      idStarts[row] as number,
      idSizes[row] as number,
      remembered[row] as number,
    );
    shard.clientOrderIds.hold(entry, order);
    const { floats, ints } = orders.rows;
    const { details } = orders;
    const f = order << FLOAT_SHIFT;
    const i = order << INT_SHIFT;
    details.floats[f | PRIORITY] = priority;
    floats[f | EXECUTED] = executed;
    details.floats[f | EXECUTED_QUOTE] = executedQuote;
    ints[i | STAGE] = stage;
    ints[i | WORDS] = packedWords(side, type, timeInForce, prevention);
    ints[i | TRADER] = trader;
    details.ints[i | CLIENT_ORDER_ID] = entry;
    // Among the orders of its account, and counted.
    const t = trader << T_INT_SHIFT;
    details.ints[i | OWN_NEXT] = traders.ints[t | FIRST_ORDER] as number;
    traders.ints[t | FIRST_ORDER] = order;
    traders.ints[t | OPEN_ORDERS] = (traders.ints[t | OPEN_ORDERS] as number) + 1;
    if (isAlgo(type)) traders.ints[t | OPEN_ALGO_ORDERS] = (traders.ints[t | OPEN_ALGO_ORDERS] as number) + 1;
    if ((icebergQuantities[row] as number) > 0)
      traders.ints[t | OPEN_ICEBERG_ORDERS] = (traders.ints[t | OPEN_ICEBERG_ORDERS] as number) + 1;
    if (side === BUY) {
      const lots = (trader << T_FLOAT_SHIFT) | OPEN_BUY_LOTS;
      traders.floats[lots] = (traders.floats[lots] as number) + quantity - done;
    }
    if (hasExtras(row)) {
      loadTerms(row);
      createExtras(shard, order, terms, listIds[row] as number);
    }
    hashFixed(shard, this.#market, order, shard.clientOrderIds.word(entry));
    restoreExtras(shard, order, row);
    return order;
  }

  /** An order in its place is asserted to lock what it needs, and joins the digest; one with extras must wait for its list. */
  #finish(order: number, row: number): void {
    const shard = this.#shard;
    assert(lockPriceOf(shard, order) === lockPrices[row], "an order locks at its price");
    const { orders } = shard.book;
    if (orders.extras(order) >= 0) {
      this.withExtras.push(order);
      return;
    }
    const locked = lockedOf(shard, this.#market, order);
    assert(locked === lockeds[row], "an order locks what it needs");
    this.#locks.add(orders.trader(order), sides[row] as number, locked);
    rehash(shard, this.#market, order);
  }
}

/** Lots executed or prevented. */
function doneOf(row: number): number {
  return (executeds[row] as number) + (prevented[row] as number);
}

/** True of an order with something that most orders have not. */
function hasExtras(row: number): boolean {
  return (
    stopPrices[row] !== 0 ||
    trailingDeltas[row] !== 0 ||
    icebergQuantities[row] !== 0 ||
    goodTillDates[row] !== 0 ||
    listIds[row] !== 0
  );
}

function loadTerms(row: number): void {
  terms.orderId = orderIds[row] as number;
  terms.side = sides[row] as number;
  terms.type = types[row] as number;
  terms.timeInForce = timesInForce[row] as number;
  terms.selfTradePrevention = preventions[row] as number;
  terms.price = prices[row] as number;
  terms.quantity = quantities[row] as number;
  terms.stopPrice = stopPrices[row] as number;
  terms.trailingDelta = trailingDeltas[row] as number;
  terms.icebergQuantity = icebergQuantities[row] as number;
  terms.goodTillDate = goodTillDates[row] as number;
}

function restoreExtras(shard: Shard, order: number, row: number): void {
  const { orders } = shard.book;
  const { extras } = shard;
  let record = orders.extras(order);
  if (record < 0 && prevented[row] === 0) {
    const isPlain = extremes[row] === 0 && workingTimes[row] === times[row];
    assert(isPlain, "an order without extras has worked since it came");
    return;
  }
  if (record < 0) {
    record = extras.create();
    orders.setExtras(order, record);
  }
  extras.setPrevented(record, prevented[row] as number);
  extras.setExtreme(record, extremes[row] as number);
  extras.setLockPrice(record, lockPrices[row] as number);
  extras.setWorkingTime(record, workingTimes[row] as number);
  // Made right once its list is there.
  extras.setPairLock(record, lockeds[row] as number);
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
