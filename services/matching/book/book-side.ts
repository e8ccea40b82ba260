import type { Side } from "#shared/domain/order.ts";
import type { Levels } from "./levels.ts";
import { PriceTree } from "./price-tree.ts";

/** One side of a book: its levels by price, and the best of them. */
export class BookSide {
  readonly side: Side;
  /** Where a higher price is better: BUY. */
  readonly #highestFirst: boolean;
  readonly #tree = new PriceTree();
  readonly #levels: Levels;
  #best = -1;

  constructor(side: Side, levels: Levels) {
    this.side = side;
    this.#highestFirst = side === "BUY";
    this.#levels = levels;
  }

  /** The level with the best price; -1 where there is none. */
  get best(): number {
    return this.#best;
  }

  /** True if `limit`, of an order of the other side, accepts `price` of this one. */
  isReached(price: number, limit: number): boolean {
    return this.#highestFirst ? price >= limit : price <= limit;
  }

  /** True if an order of the other side with this limit would meet an order here. */
  isCrossedBy(limit: number): boolean {
    return this.#best >= 0 && this.isReached(this.#levels.price(this.#best), limit);
  }

  /** The level at a price; -1 if there is none. */
  at(price: number): number {
    return this.#tree.get(price);
  }

  /** The next level with a worse price; -1 if there is none. */
  worse(level: number): number {
    const price = this.#levels.price(level);
    return this.#highestFirst ? this.#tree.below(price) : this.#tree.above(price);
  }

  /** The level at a price, made if it is not there. */
  open(price: number): number {
    const found = this.#tree.get(price);
    return found >= 0 ? found : this.create(price);
  }

  /** A new level at a price that has none. */
  create(price: number): number {
    const level = this.#levels.create(price);
    this.#tree.set(price, level);
    const best = this.#best;
    if (
      best < 0 ||
      (this.#highestFirst ? price > this.#levels.price(best) : price < this.#levels.price(best))
    )
      this.#best = level;
    return level;
  }

  /** Takes an empty level away. */
  close(level: number): void {
    if (level === this.#best) this.#best = this.worse(level);
    this.#tree.delete(this.#levels.price(level));
    this.#levels.drop(level);
  }
}
