import { assert } from "#shared/domain/invariant.ts";
import type { Side } from "#shared/domain/order.ts";
import { BookSide } from "./book-side.ts";
import { LEVEL_ROW, Levels } from "./levels.ts";
import { ORDER_ROW, Orders } from "./orders.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const ownAssert: typeof assert = assert;

const { FLOAT_SHIFT: O_FLOAT_SHIFT, VISIBLE, INT_SHIFT: O_INT_SHIFT, NEXT, PREVIOUS, LEVEL } = ORDER_ROW;
const { FLOAT_SHIFT: L_FLOAT_SHIFT, VISIBLE: L_VISIBLE, INT_SHIFT: L_INT_SHIFT, FIRST, LAST } = LEVEL_ROW;

/** What a taker answers when it meets a maker: how many lots it takes, or one of these. */
export const STOP = 0;
/** The maker is no longer there, or no longer the same: look again. */
export const LOOK_AGAIN = -1;

/** Who meets the orders of one side of a book, best first. */
export interface Taker {
  /** How many lots of the maker it takes (at most what is visible), or `STOP`, or `LOOK_AGAIN`. */
  meet(maker: number, level: number, price: number, visible: number): number;
  /**
   * It took them. `emptied`: the maker shows nothing more and has left its queue: it is done, or an iceberg with another part.
   */
  took(maker: number, price: number, quantity: number, emptied: boolean): void;
}

/**
 * Price levels, queues and order ids of a shard in flat memory, and the meeting of a taker with the orders of a side by price, then time. It knows
 * neither money nor accounts. Nothing here costs more when a level is deeper, when prices lie further apart or when more orders are open.
 */
export class Book {
  readonly orders: Orders;
  readonly levels = new Levels();

  /** `capacity` is how many orders it holds before its memory first grows. */
  constructor(capacity = 1024) {
    this.orders = new Orders(capacity);
  }

  /** A side of a market: of its orders, or of its triggers. */
  createSide(side: Side): BookSide {
    return new BookSide(side, this.levels);
  }

  /** Puts an order at the back of the queue at a price, showing so many lots. */
  join(side: BookSide, order: number, price: number, visible: number): void {
    this.joinLevel(side.open(price), order, visible);
  }

  /** The same at a level that is there. */
  joinLevel(level: number, order: number, visible: number): void {
    const { floats, ints } = this.orders.rows;
    const levels = this.levels.rows;
    const last = levels.ints[(level << L_INT_SHIFT) | LAST] as number;
    const i = order << O_INT_SHIFT;
    ints[i | LEVEL] = level;
    ints[i | PREVIOUS] = last;
    ints[i | NEXT] = -1;
    floats[(order << O_FLOAT_SHIFT) | VISIBLE] = visible;
    if (last < 0) levels.ints[(level << L_INT_SHIFT) | FIRST] = order;
    else ints[(last << O_INT_SHIFT) | NEXT] = order;
    levels.ints[(level << L_INT_SHIFT) | LAST] = order;
    const f = level << L_FLOAT_SHIFT;
    levels.floats[f | L_VISIBLE] = (levels.floats[f | L_VISIBLE] as number) + visible;
  }

  /** Takes an order out of its queue; its level goes when it was the last one. */
  leave(side: BookSide, order: number): void {
    const { floats, ints } = this.orders.rows;
    const levels = this.levels.rows;
    const i = order << O_INT_SHIFT;
    const level = ints[i | LEVEL] as number;
    ownAssert(level >= 0, "only an order in a queue leaves it");
    const previous = ints[i | PREVIOUS] as number;
    const next = ints[i | NEXT] as number;
    if (previous < 0) levels.ints[(level << L_INT_SHIFT) | FIRST] = next;
    else ints[(previous << O_INT_SHIFT) | NEXT] = next;
    if (next < 0) levels.ints[(level << L_INT_SHIFT) | LAST] = previous;
    else ints[(next << O_INT_SHIFT) | PREVIOUS] = previous;
    ints[i | LEVEL] = -1;
    const visible = floats[(order << O_FLOAT_SHIFT) | VISIBLE] as number;
    floats[(order << O_FLOAT_SHIFT) | VISIBLE] = 0;
    const f = level << L_FLOAT_SHIFT;
    if (previous < 0 && next < 0) side.close(level);
    else levels.floats[f | L_VISIBLE] = (levels.floats[f | L_VISIBLE] as number) - visible;
  }

  /** Shows less of an order. */
  shrink(order: number, quantity: number): void {
    const { floats, ints } = this.orders.rows;
    const levels = this.levels.rows.floats;
    const f = order << O_FLOAT_SHIFT;
    const visible = floats[f | VISIBLE] as number;
    ownAssert(quantity <= visible, "no order shrinks by more than it shows");
    floats[f | VISIBLE] = visible - quantity;
    const l = (ints[(order << O_INT_SHIFT) | LEVEL] as number) << L_FLOAT_SHIFT;
    levels[l | L_VISIBLE] = (levels[l | L_VISIBLE] as number) - quantity;
  }

  /** Meets the orders of a side up to a limit price with a taker, until it stops or none is left. */
  match(side: BookSide, limit: number, taker: Taker): void {
    const { orders, levels } = this;
    for (;;) {
      const level = side.best;
      if (level < 0) return;
      const price = levels.price(level);
      if (!side.isReached(price, limit)) return;
      const maker = levels.first(level);
      const visible = orders.visible(maker);
      const quantity = taker.meet(maker, level, price, visible);
      if (quantity === LOOK_AGAIN) continue;
      if (quantity === STOP) return;
      this.shrink(maker, quantity);
      const emptied = quantity === visible;
      if (emptied) this.leave(side, maker);
      taker.took(maker, price, quantity, emptied);
    }
  }
}
