import { assert } from "#shared/domain/invariant.ts";
import type { Side } from "#shared/domain/order.ts";
import { BookSide } from "./book-side.ts";
import { Levels } from "./levels.ts";
import { Orders } from "./orders.ts";

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
  readonly orders = new Orders();
  readonly levels = new Levels();

  /** A side of a market: of its orders, or of its triggers. */
  createSide(side: Side): BookSide {
    return new BookSide(side, this.levels);
  }

  /** Puts an order at the back of the queue at a price, showing so many lots. */
  join(side: BookSide, order: number, price: number, visible: number): void {
    const { orders, levels } = this;
    const level = side.open(price);
    const last = levels.last(level);
    orders.setLevel(order, level);
    orders.setPrevious(order, last);
    orders.setNext(order, -1);
    orders.setVisible(order, visible);
    if (last < 0) levels.setFirst(level, order);
    else orders.setNext(last, order);
    levels.setLast(level, order);
    levels.setVisible(level, levels.visible(level) + visible);
  }

  /** Takes an order out of its queue; its level goes when it was the last one. */
  leave(side: BookSide, order: number): void {
    const { orders, levels } = this;
    const level = orders.level(order);
    assert(level >= 0, "only an order in a queue leaves it");
    const previous = orders.previous(order);
    const next = orders.next(order);
    if (previous < 0) levels.setFirst(level, next);
    else orders.setNext(previous, next);
    if (next < 0) levels.setLast(level, previous);
    else orders.setPrevious(next, previous);
    orders.setLevel(order, -1);
    if (previous < 0 && next < 0) side.close(level);
    else levels.setVisible(level, levels.visible(level) - orders.visible(order));
    orders.setVisible(order, 0);
  }

  /** Shows less of an order. */
  shrink(order: number, quantity: number): void {
    const { orders, levels } = this;
    const visible = orders.visible(order);
    assert(quantity <= visible, "no order shrinks by more than it shows");
    orders.setVisible(order, visible - quantity);
    const level = orders.level(order);
    levels.setVisible(level, levels.visible(level) - quantity);
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
