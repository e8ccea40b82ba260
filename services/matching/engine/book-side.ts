import type { Side } from "#shared/domain/order.ts";
import type { BookOrder } from "./book-order.ts";
import { PriceLevel } from "./price-level.ts";

/** One side of a book: its levels, the best last, so that what happens near the best price moves little memory. */
export class BookSide {
  readonly side: Side;
  readonly #levels: PriceLevel[] = [];
  readonly #byPrice = new Map<number, PriceLevel>();
  /** +1 where a higher price is better (BUY), -1 where a lower one is. */
  readonly #sign: 1 | -1;

  constructor(side: Side) {
    this.side = side;
    this.#sign = side === "BUY" ? 1 : -1;
  }

  get best(): PriceLevel | undefined {
    return this.#levels[this.#levels.length - 1];
  }

  /** The level at a price, if orders are there. */
  level(price: number): PriceLevel | undefined {
    return this.#byPrice.get(price);
  }

  /** True if an order of the other side with this limit meets the best price here. */
  isReachedBy(limit: number): boolean {
    const best = this.best;
    return best !== undefined && this.#sign * best.price >= this.#sign * limit;
  }

  add(order: BookOrder): void {
    let level = this.#byPrice.get(order.price);
    if (level === undefined) {
      level = new PriceLevel(order.price);
      this.#byPrice.set(order.price, level);
      this.#levels.splice(this.#rank(order.price), 0, level);
    }
    level.append(order);
  }

  remove(order: BookOrder): void {
    const level = order.level;
    if (level === undefined) return;
    level.remove(order);
    if (!level.isEmpty) return;
    this.#byPrice.delete(level.price);
    if (this.best === level) this.#levels.pop();
    else this.#levels.splice(this.#rank(level.price), 1);
  }

  /** Levels from the best to the worst. */
  *levels(): Generator<PriceLevel> {
    for (let at = this.#levels.length - 1; at >= 0; at--) {
      const level = this.#levels[at];
      if (level !== undefined) yield level;
    }
  }

  /** Orders by price, then time. */
  *orders(): Generator<BookOrder> {
    for (const level of this.levels()) {
      for (let order = level.first; order !== undefined; order = order.next) yield order;
    }
  }

  /** Where a level of this price is, or belongs, in the array. */
  #rank(price: number): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = this.#levels[middle];
      if (found !== undefined && this.#sign * found.price < this.#sign * price) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
