import { grown, Slots } from "../flat/slots.ts";

const FLOATS = 2;
const PRICE = 0;
const VISIBLE = 1;
const INTS = 3;
const FIRST = 0;
const LAST = 1;
const MARK = 2;

/** The price levels of all books of a shard: each a queue of orders at one price of one side. */
export class Levels {
  readonly #slots = new Slots();
  #floats = new Float64Array(64 * FLOATS);
  #ints = new Int32Array(64 * INTS);

  create(price: number): number {
    const level = this.#slots.take();
    if (level * FLOATS === this.#floats.length) {
      this.#floats = grown(this.#floats, 2 * this.#floats.length);
      this.#ints = grown(this.#ints, 2 * this.#ints.length);
    }
    this.#floats[level * FLOATS + PRICE] = price;
    this.#floats[level * FLOATS + VISIBLE] = 0;
    this.#ints[level * INTS + FIRST] = -1;
    this.#ints[level * INTS + LAST] = -1;
    this.#ints[level * INTS + MARK] = -1;
    return level;
  }

  drop(level: number): void {
    this.#slots.giveBack(level);
  }

  /** Ticks. */
  price(level: number): number {
    return this.#floats[level * FLOATS + PRICE] as number;
  }

  /** Lots that the book shows at this price. */
  visible(level: number): number {
    return this.#floats[level * FLOATS + VISIBLE] as number;
  }

  setVisible(level: number, quantity: number): void {
    this.#floats[level * FLOATS + VISIBLE] = quantity;
  }

  /** The order that came first, and the one that came last; -1 for none. */
  first(level: number): number {
    return this.#ints[level * INTS + FIRST] as number;
  }

  setFirst(level: number, order: number): void {
    this.#ints[level * INTS + FIRST] = order;
  }

  last(level: number): number {
    return this.#ints[level * INTS + LAST] as number;
  }

  /** A number that its user puts there; -1 at first. */
  mark(level: number): number {
    return this.#ints[level * INTS + MARK] as number;
  }

  setMark(level: number, mark: number): void {
    this.#ints[level * INTS + MARK] = mark;
  }

  setLast(level: number, order: number): void {
    this.#ints[level * INTS + LAST] = order;
  }
}
