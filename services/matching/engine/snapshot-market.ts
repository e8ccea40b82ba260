import { marketHeadCodec, openOrderListsCodec } from "#shared/domain/encoding/state-encoding.ts";
import { MAX_CLIENT_ORDER_ID } from "#shared/domain/rules.ts";
import type { BookSide } from "../book/book-side.ts";
import { DETAILS_ROW, ORDER_ROW, STAGE_PENDING, STAGE_WAITING } from "../book/orders.ts";
import { MAX_INTEGER_BYTES, putBytes, putUint } from "../flat/put.ts";
import type { MarketState } from "./market-state.ts";
import { lockedOf, lockPriceOf } from "./open-orders.ts";
import type { Shard } from "./shard.ts";
import { ORDER_NUMBERS } from "./snapshot-order.ts";
import type { SnapshotWriter } from "./snapshot-writer.ts";
import { BUY } from "./terms.ts";

// Constants of this module, which the compiler folds: see ORDER_ROW.
const { FLOAT_SHIFT, ORDER_ID, PRICE, QUANTITY, EXECUTED, VISIBLE, INT_SHIFT, WORDS, TRADER } = ORDER_ROW;
const { EXECUTED_QUOTE, PRIORITY, TIME, CLIENT_ORDER_ID, EXTRAS } = DETAILS_ROW;

/** The most bytes of an order, without its market's id. */
const ORDER_BYTES = (2 + ORDER_NUMBERS) * MAX_INTEGER_BYTES + (1 + MAX_CLIENT_ORDER_ID) + 4;

/** How many numbers after the quantity are 0 where an order has no extras. */
const OPTIONS = 5;

/** How many queues are walked at a time. */
const LANES = 16;

/** How many orders are taken at a time. */
const BATCH = 128;
const entries = new Int32Array(BATCH);
const traderSlots = new Int32Array(BATCH);
/** What was read ahead, kept so that the reads are not left out. */
const fetched = new Float64Array(1);

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
  const { counts, waiting, pending } = survey(shard, market);
  for (const side of [market.bids, market.asks]) {
    writeOrders(writer, shard, market, found.subarray(0, findInBook(shard, side, counts, found)));
  }
  writeOrders(writer, shard, market, waiting);
  writeOrders(writer, shard, market, pending);
  const lists = [...shard.lists.values()].filter((list) => list.market === market.number);
  writer.encoded(
    openOrderListsCodec,
    lists.map(({ state }) => state).sort((a, b) => a.listId - b.listId),
  );
}

interface Survey {
  /** How many orders stand at each level. */
  readonly counts: Int32Array;
  /** The market's orders outside its book, by order id. */
  readonly waiting: Int32Array;
  readonly pending: Int32Array;
}

/** Looks at all orders in one walk over neighbouring rows. */
function survey(shard: Shard, market: MarketState): Survey {
  const { levels, orders } = shard.book;
  const counts = new Int32Array(levels.end);
  const waiting: number[] = [];
  const pending: number[] = [];
  for (let order = 0; order < orders.end; order++) {
    const level = orders.level(order);
    if (level >= 0) counts[level] = (counts[level] as number) + 1;
    const stage = orders.stage(order);
    if (stage !== STAGE_WAITING && stage !== STAGE_PENDING) continue;
    if (shard.marketOf(order) === market) (stage === STAGE_WAITING ? waiting : pending).push(order);
  }
  const byId = (found: number[]) =>
    Int32Array.from(found.sort((a, b) => orders.orderId(a) - orders.orderId(b)));
  return { counts, waiting: byId(waiting), pending: byId(pending) };
}

/**
 * The orders of a side by price, then time. Returns how many. As it is known how many stand at each level, several queues are walked at a time, in lanes:
 * each step waits for memory, but all of them together.
 */
function findInBook(shard: Shard, side: BookSide, counts: Int32Array, found: Int32Array): number {
  const { levels, orders } = shard.book;
  const nexts = new Int32Array(LANES);
  const places = new Int32Array(LANES);
  let count = 0;
  let lanes = 0;
  for (let level = side.best; ; ) {
    for (; lanes < LANES && level >= 0; lanes++) {
      nexts[lanes] = levels.first(level);
      places[lanes] = count;
      count += counts[level] as number;
      level = side.worse(level);
    }
    if (lanes === 0) return count;
    for (let lane = 0; lane < lanes; ) {
      const order = nexts[lane] as number;
      const place = places[lane] as number;
      found[place] = order;
      const next = orders.next(order);
      if (next >= 0) {
        nexts[lane] = next;
        places[lane] = place + 1;
        lane++;
      } else {
        // The last lane takes the place of one that is done.
        lanes--;
        nexts[lane] = nexts[lanes] as number;
        places[lane] = places[lanes] as number;
      }
    }
  }
}

/** As a list of `openOrderCodec`. */
function writeOrders(writer: SnapshotWriter, shard: Shard, market: MarketState, found: Int32Array): void {
  writer.count(found.length);
  for (let start = 0; start < found.length; start += BATCH) {
    const end = Math.min(start + BATCH, found.length);
    fetch(shard, found, start, end);
    writer.ensure((end - start) * (ORDER_BYTES + market.text.size));
    const { bytes } = writer;
    let to = writer.length;
    for (let at = start; at < end; at++) to = putOrder(bytes, to, shard, market, found[at] as number);
    writer.length = to;
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

function putOrder(bytes: Uint8Array, from: number, shard: Shard, market: MarketState, order: number): number {
  const { floats, ints } = shard.book.orders.rows;
  const { details } = shard.book.orders;
  const f = order << FLOAT_SHIFT;
  const i = order << INT_SHIFT;
  const { text } = market;
  let at = putUint(bytes, from, shard.traders.account(ints[i | TRADER] as number));
  at = putBytes(bytes, at, text.bytes, 0, text.size);
  at = putUint(bytes, at, floats[f | ORDER_ID] as number);
  at = shard.clientOrderIds.putText(bytes, at, details.ints[i | CLIENT_ORDER_ID] as number);
  const words = ints[i | WORDS] as number;
  bytes[at] = words & 15;
  bytes[at + 1] = (words >> 4) & 15;
  bytes[at + 2] = (words >> 8) & 15;
  bytes[at + 3] = (words >> 12) & 15;
  const price = floats[f | PRICE] as number;
  const quantity = floats[f | QUANTITY] as number;
  const executed = floats[f | EXECUTED] as number;
  const time = details.floats[f | TIME] as number;
  at = putUint(bytes, at + 4, price);
  at = putUint(bytes, at, quantity);
  const executedQuote = details.floats[f | EXECUTED_QUOTE] as number;
  const visible = floats[f | VISIBLE] as number;
  const priority = details.floats[f | PRIORITY] as number;
  const record = details.ints[i | EXTRAS] as number;
  if (record < 0) {
    for (const end = at + OPTIONS; at < end; at++) bytes[at] = 0;
    at = putUint(bytes, at, executed);
    at = putUint(bytes, at, executedQuote);
    bytes[at] = 0;
    at = putUint(bytes, at + 1, visible);
    at = putUint(bytes, at, priority);
    bytes[at] = 0;
    // It locks at its own price and has worked since it came.
    at = putUint(bytes, at + 1, (words & 15) === BUY ? price : 0);
    at = putUint(bytes, at, lockedOf(shard, market, order));
    const afterTime = putUint(bytes, at, time);
    return putBytes(bytes, afterTime, bytes, at, afterTime);
  }
  const { extras } = shard;
  at = putUint(bytes, at, extras.stopPrice(record));
  at = putUint(bytes, at, extras.trailingDelta(record));
  at = putUint(bytes, at, extras.icebergQuantity(record));
  at = putUint(bytes, at, extras.goodTillDate(record));
  at = putUint(bytes, at, extras.listId(record));
  at = putUint(bytes, at, executed);
  at = putUint(bytes, at, executedQuote);
  at = putUint(bytes, at, extras.prevented(record));
  at = putUint(bytes, at, visible);
  at = putUint(bytes, at, priority);
  at = putUint(bytes, at, extras.extreme(record));
  at = putUint(bytes, at, lockPriceOf(shard, order));
  at = putUint(bytes, at, lockedOf(shard, market, order));
  at = putUint(bytes, at, time);
  return putUint(bytes, at, extras.workingTime(record));
}
