import { marketHeadCodec, openOrderListsCodec } from "#shared/domain/encoding/state-encoding.ts";
import { MAX_CLIENT_ORDER_ID } from "#shared/domain/rules.ts";
import type { BookSide } from "../book/book-side.ts";
import { STAGE_PENDING, STAGE_WAITING } from "../book/orders.ts";
import type { MarketState } from "./market-state.ts";
import { accountOf, lockedOf, lockPriceOf } from "./open-orders.ts";
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
import { MAX_INTEGER_BYTES, type SnapshotWriter } from "./snapshot-writer.ts";

/** The most bytes of an order, without its market's id. */
const ORDER_BYTES = (2 + ORDER_NUMBERS) * MAX_INTEGER_BYTES + (1 + MAX_CLIENT_ORDER_ID) + 4;

/** How many orders are taken at a time. */
const BATCH = 128;
const entries = new Int32Array(BATCH);
const traderSlots = new Int32Array(BATCH);
/** What was read ahead, kept so that the reads are not left out. */
const fetched = new Float64Array(1);

const numbers = new Float64Array(ORDER_NUMBERS);

/** A market with its orders and order lists. */
export function writeMarket(writer: SnapshotWriter, shard: Shard, market: MarketState): void {
  const { state, lastTradeId, lastUpdateId, lastPreventedMatchId, lastPrice } = market;
  writer.encoded(marketHeadCodec, {
    market: market.market,
    state,
    lastTradeId,
    lastUpdateId,
    lastPreventedMatchId,
    lastPrice,
  });
  // Where the orders are is found first: then memory is read for many of them at a time.
  const found = new Int32Array(shard.book.orders.count);
  for (const side of [market.bids, market.asks]) {
    writeOrders(writer, shard, market, found.subarray(0, findInBook(shard, side, found)));
  }
  for (const stage of [STAGE_WAITING, STAGE_PENDING]) {
    writeOrders(writer, shard, market, found.subarray(0, findOutsideBook(shard, market, stage, found)));
  }
  const lists = [...shard.lists.values()].filter((list) => list.market === market.number);
  writer.encoded(
    openOrderListsCodec,
    lists.map(({ state }) => state).sort((a, b) => a.listId - b.listId),
  );
}

/** The orders of a side by price, then time. Returns how many. */
function findInBook(shard: Shard, side: BookSide, found: Int32Array): number {
  const { levels, orders } = shard.book;
  let count = 0;
  for (let level = side.best; level >= 0; level = side.worse(level)) {
    for (let order = levels.first(level); order >= 0; order = orders.next(order)) found[count++] = order;
  }
  return count;
}

/** A market's orders at a stage, by order id. Returns how many. */
function findOutsideBook(shard: Shard, market: MarketState, stage: number, found: Int32Array): number {
  const { orders } = shard.book;
  let count = 0;
  for (let order = 0; order < orders.end; order++) {
    if (orders.stage(order) === stage && shard.marketOf(order) === market) found[count++] = order;
  }
  found.subarray(0, count).sort((a, b) => orders.orderId(a) - orders.orderId(b));
  return count;
}

/** As a list of `openOrderCodec`. */
function writeOrders(writer: SnapshotWriter, shard: Shard, market: MarketState, found: Int32Array): void {
  writer.ensure(MAX_INTEGER_BYTES);
  writer.uint(found.length);
  for (let start = 0; start < found.length; start += BATCH) {
    const end = Math.min(start + BATCH, found.length);
    fetch(shard, found, start, end);
    writer.ensure((end - start) * (ORDER_BYTES + market.text.length));
    for (let at = start; at < end; at++) writeOrder(writer, shard, market, found[at] as number);
  }
}

/**
 * Reads from all rows that some orders take, in loops so small that the processor does many of these reads at once: orders of one price lie all over the memory, and
 * writing one after another would wait for each.
 */
function fetch(shard: Shard, found: Int32Array, start: number, end: number): void {
  const { orders } = shard.book;
  const { traders, clientOrderIds } = shard;
  for (let at = start; at < end; at++) {
    const order = found[at] as number;
    entries[at - start] = orders.clientOrderId(order);
    traderSlots[at - start] = orders.trader(order);
    fetched[0] = orders.priority(order);
  }
  clientOrderIds.fetch(entries, end - start);
  for (let at = 0; at < end - start; at++) fetched[0] = traders.firstOrder(traderSlots[at] as number);
}

function writeOrder(writer: SnapshotWriter, shard: Shard, market: MarketState, order: number): void {
  const { orders } = shard.book;
  writer.uint(accountOf(shard, order));
  writer.copy(market.text, 0, market.text.length);
  writer.uint(orders.orderId(order));
  shard.clientOrderIds.writeText(writer, orders.clientOrderId(order));
  const words = orders.words(order);
  writer.byte(words & 15);
  writer.byte((words >> 4) & 15);
  writer.byte((words >> 8) & 15);
  writer.byte((words >> 12) & 15);
  const record = orders.extras(order);
  if (record < 0) loadPlain(shard, market, order);
  else loadWithExtras(shard, market, order, record);
  numbers[PRICE] = orders.price(order);
  numbers[QUANTITY] = orders.quantity(order);
  numbers[EXECUTED] = orders.executed(order);
  numbers[EXECUTED_QUOTE] = orders.executedQuote(order);
  numbers[VISIBLE] = orders.visible(order);
  numbers[PRIORITY] = orders.priority(order);
  numbers[TIME] = orders.time(order);
  writer.uints(numbers, ORDER_NUMBERS);
}

/** The rest of the numbers of an order that has no extras. */
function loadPlain(shard: Shard, market: MarketState, order: number): void {
  numbers.fill(0, STOP_PRICE, LIST_ID + 1);
  numbers[PREVENTED] = 0;
  numbers[EXTREME] = 0;
  numbers[LOCK_PRICE] = lockPriceOf(shard, order);
  numbers[LOCKED] = lockedOf(shard, market, order);
  numbers[WORKING_TIME] = shard.book.orders.time(order);
}

function loadWithExtras(shard: Shard, market: MarketState, order: number, record: number): void {
  const { extras } = shard;
  numbers[STOP_PRICE] = extras.stopPrice(record);
  numbers[TRAILING_DELTA] = extras.trailingDelta(record);
  numbers[ICEBERG_QUANTITY] = extras.icebergQuantity(record);
  numbers[GOOD_TILL_DATE] = extras.goodTillDate(record);
  numbers[LIST_ID] = extras.listId(record);
  numbers[PREVENTED] = extras.prevented(record);
  numbers[EXTREME] = extras.extreme(record);
  numbers[LOCK_PRICE] = lockPriceOf(shard, order);
  numbers[LOCKED] = lockedOf(shard, market, order);
  numbers[WORKING_TIME] = extras.workingTime(record);
}
