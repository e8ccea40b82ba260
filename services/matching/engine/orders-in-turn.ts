import type { BookSide } from "../book/book-side.ts";
import { STAGE_PENDING, STAGE_WAITING } from "../book/orders.ts";
import type { Shard } from "./shard.ts";

/** How many queues are walked at a time. */
const LANES = 16;

/** The open orders of a market as they stand in a snapshot: those in its book by price, then time; the others by order id. */
export interface OrdersInTurn {
  readonly bids: Int32Array;
  readonly asks: Int32Array;
  readonly waiting: Int32Array;
  readonly pending: Int32Array;
}

/** Finds all open orders, market by market, these by id: first where they are, so that memory is then read for many of them at a time. */
export function ordersInTurn(shard: Shard): readonly OrdersInTurn[] {
  const { levels, orders } = shard.book;
  // How many stand at each level, in one walk over neighbouring rows.
  const counts = new Int32Array(levels.end);
  const waiting = shard.markets.map((): number[] => []);
  const pending = shard.markets.map((): number[] => []);
  for (let order = 0; order < orders.end; order++) {
    const stage = orders.stage(order);
    const level = orders.level(order);
    if (level >= 0) counts[level] = (counts[level] as number) + 1;
    if (stage === STAGE_WAITING) waiting[shard.marketOf(order).number]?.push(order);
    if (stage === STAGE_PENDING) pending[shard.marketOf(order).number]?.push(order);
  }
  const byId = (found: readonly number[] = []) =>
    Int32Array.from(found).sort((a, b) => orders.orderId(a) - orders.orderId(b));
  return shard.marketsById.map((market) => ({
    bids: inBook(shard, market.bids, counts),
    asks: inBook(shard, market.asks, counts),
    waiting: byId(waiting[market.number]),
    pending: byId(pending[market.number]),
  }));
}

/**
 * The orders of a side by price, then time. As it is known how many stand at each level, several queues are walked at a time, in lanes: each step waits for memory, but all
 * of them together.
 */
function inBook(shard: Shard, side: BookSide, counts: Int32Array): Int32Array {
  const { levels, orders } = shard.book;
  let total = 0;
  for (let level = side.best; level >= 0; level = side.worse(level)) total += counts[level] as number;
  const found = new Int32Array(total);
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
    if (lanes === 0) return found;
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
