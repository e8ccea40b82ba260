import { Rows } from "../flat/rows.ts";
import { Slots } from "../flat/slots.ts";

/** Half a cache line a level: its places among the doubles and among the words of a row. */
const ROW_BYTES = 32;
const FLOAT_SHIFT = 2;
const PRICE = 0;
const VISIBLE = 1;
const INT_SHIFT = 3;
const FIRST = 4;
const LAST = 5;
const MARK = 6;

/** The places of a level's fields in its row: see `ORDER_ROW`. */
export const LEVEL_ROW = { FLOAT_SHIFT, PRICE, VISIBLE, INT_SHIFT, FIRST, LAST, MARK } as const;

/** The price levels of all books of a shard: each a queue of orders at one price of one side. */
export class Levels {
  readonly #slots = new Slots();
  /** For the few hot functions that read or write several fields of a level at once. */
  readonly rows = new Rows(ROW_BYTES, 64);

  create(price: number): number {
    const level = this.#slots.take();
    if (level === this.rows.capacity) this.rows.grow();
    const { floats, ints } = this.rows;
    floats[(level << FLOAT_SHIFT) | PRICE] = price;
    floats[(level << FLOAT_SHIFT) | VISIBLE] = 0;
    ints[(level << INT_SHIFT) | FIRST] = -1;
    ints[(level << INT_SHIFT) | LAST] = -1;
    ints[(level << INT_SHIFT) | MARK] = -1;
    return level;
  }

  /** The level has no mark from then on. */
  drop(level: number): void {
    this.setMark(level, -1);
    this.#slots.giveBack(level);
  }

  /** One more than the highest slot ever used. */
  get end(): number {
    return this.#slots.end;
  }

  /** Ticks. */
  price(level: number): number {
    return this.rows.floats[(level << FLOAT_SHIFT) | PRICE] as number;
  }

  /** Lots that the book shows at this price. */
  visible(level: number): number {
    return this.rows.floats[(level << FLOAT_SHIFT) | VISIBLE] as number;
  }

  /** The order that came first; -1 for none. */
  first(level: number): number {
    return this.rows.ints[(level << INT_SHIFT) | FIRST] as number;
  }

  /** A number that its user puts there; -1 at first. */
  mark(level: number): number {
    return this.rows.ints[(level << INT_SHIFT) | MARK] as number;
  }

  setMark(level: number, mark: number): void {
    this.rows.ints[(level << INT_SHIFT) | MARK] = mark;
  }
}
