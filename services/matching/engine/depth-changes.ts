import { assert } from "#shared/domain/invariant.ts";
import type { TradingState } from "#shared/domain/market.ts";
import type { Book } from "../book/book.ts";
import { grown } from "../flat/slots.ts";
import type { WordText } from "../flat/word-text.ts";
import type { EventWriter } from "./event-writer.ts";
import { BUY, SELL } from "./terms.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const OWN_BUY = BUY;
const ownAssert: typeof assert = assert;

/** The market whose levels change. */
export interface DepthMarket {
  readonly text: WordText;
  readonly state: TradingState;
  lastUpdateId: number;
  isCrossed(book: Book): boolean;
}

/** Which price levels of a market the present command touched, and what they showed before. */
export class DepthChanges {
  readonly #market: DepthMarket;
  readonly #book: Book;
  /** By place: the price of a level, what it showed before, its side. */
  #prices = new Float64Array(32);
  #before = new Float64Array(32);
  #sides = new Uint8Array(32);
  /** The level's number; -1 if that is another level's since. */
  #levels = new Int32Array(32);
  #order = new Int32Array(32);
  #count = 0;
  /** Levels touched by the present command bear this mark, as long as they are there. */
  #mark = 0;

  constructor(market: DepthMarket, book: Book) {
    this.#market = market;
    this.#book = book;
  }

  get count(): number {
    return this.#count;
  }

  /** To be called before a level that exists changes. */
  touch(side: number, level: number): void {
    const { levels } = this.#book;
    if (levels.mark(level) === this.#mark) return;
    levels.setMark(level, this.#mark);
    this.#add(side, level, levels.price(level), levels.visible(level));
  }

  /** To be called when a level was just made: it may have been there before under another number. */
  touchNew(side: number, level: number): void {
    const { levels } = this.#book;
    levels.setMark(level, this.#mark);
    const price = levels.price(level);
    let place = -1;
    for (let at = 0; at < this.#count; at++) {
      if (this.#prices[at] === price && this.#sides[at] === side) place = at;
      if (this.#levels[at] === level) this.#levels[at] = -1;
    }
    if (place < 0) this.#add(side, level, price, 0);
    else this.#levels[place] = level;
  }

  /** Ends a command: writes the levels that differ from before, BUY before SELL, each by rising price. */
  writeChanges(events: EventWriter): void {
    const count = this.#count;
    if (count === 0) return;
    const mark = this.#mark;
    this.#count = 0;
    this.#mark = (this.#mark + 1) & 0x7fffffff;
    this.#sort(count);
    const market = this.#market;
    const { levels } = this.#book;
    for (let at = 0; at < count; at++) {
      const place = this.#order[at] as number;
      const side = this.#sides[place] as number;
      const price = this.#prices[place] as number;
      const level = this.#levels[place] as number;
      const visible = level < 0 || levels.mark(level) !== mark ? 0 : levels.visible(level);
      ownAssert(visible >= 0, "a level shows no negative quantity");
      if (visible === this.#before[place]) continue;
      market.lastUpdateId++;
      events.levelChanged(market.text, side, price, visible, market.lastUpdateId);
    }
    if (market.state === "TRADING") {
      ownAssert(!market.isCrossed(this.#book), "a book is never crossed or locked");
    }
  }

  #add(side: number, level: number, price: number, before: number): void {
    const at = this.#count++;
    if (at === this.#prices.length) {
      this.#prices = grown(this.#prices, 2 * at);
      this.#before = grown(this.#before, 2 * at);
      this.#sides = grown(this.#sides, 2 * at);
      this.#levels = grown(this.#levels, 2 * at);
      this.#order = grown(this.#order, 2 * at);
    }
    this.#prices[at] = price;
    this.#before[at] = before;
    this.#sides[at] = side;
    this.#levels[at] = level;
  }

  /** Most commands touch one or two levels; a sweep touches many, mostly in order. */
  #sort(count: number): void {
    const order = this.#order;
    for (let at = 0; at < count; at++) order[at] = at;
    if (count > 32) {
      this.#sortMany(count);
      return;
    }
    for (let at = 1; at < count; at++) {
      const place = order[at] as number;
      let to = at;
      while (to > 0 && this.#isBefore(place, order[to - 1] as number)) {
        order[to] = order[to - 1] as number;
        to--;
      }
      order[to] = place;
    }
  }

  /** By itself, since what closes over `this` is memory that is taken at each call. */
  #sortMany(count: number): void {
    this.#order.subarray(0, count).sort((a, b) => (this.#isBefore(a, b) ? -1 : 1));
  }

  #isBefore(a: number, b: number): boolean {
    if (this.#sides[a] !== this.#sides[b]) return this.#sides[a] === OWN_BUY && this.#sides[b] === SELL;
    return (this.#prices[a] as number) < (this.#prices[b] as number);
  }
}
