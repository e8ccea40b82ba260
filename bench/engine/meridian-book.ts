import { Book, type Taker as BookTaker } from "#services/matching/book/book.ts";
import { BUY, PLACE, WORDS } from "../flows/flow.ts";
import { type Contender, timed } from "./contender.ts";

/** Called for each trade, as a user of a bare book would be. */
type OnTrade = (price: number, quantity: number, maker: number, taker: number) => void;

/** The book by itself: levels, queues, ids; trades are reported through a callback. */
export const meridianBook: Contender = {
  name: "Meridian, book alone",
  run(flow) {
    const { words, setup } = flow;
    let trades = 0;
    const market = new BareMarket(() => {
      trades++;
    });
    market.play(words, 0, setup);
    return timed(() => {
      trades = 0;
      market.play(words, setup, setup + flow.commands);
      return trades;
    });
  },
};

class BareMarket implements BookTaker {
  readonly #book = new Book();
  readonly #bids = this.#book.createSide("BUY");
  readonly #asks = this.#book.createSide("SELL");
  readonly #onTrade: OnTrade;
  #remaining = 0;
  #taker = 0;

  constructor(onTrade: OnTrade) {
    this.#onTrade = onTrade;
  }

  play(words: Int32Array, from: number, to: number): void {
    for (let command = from; command < to; command++) {
      const at = command * WORDS;
      const side = words[at + 1] as number;
      const id = words[at + 2] as number;
      if (words[at] === PLACE) this.#place(side, id, words[at + 3] as number, words[at + 4] as number);
      else this.#cancel(id);
    }
  }

  meet(_maker: number, _level: number, _price: number, visible: number): number {
    return Math.min(this.#remaining, visible);
  }

  took(maker: number, price: number, quantity: number, emptied: boolean): void {
    const { orders } = this.#book;
    this.#remaining -= quantity;
    this.#onTrade(price, quantity, orders.orderId(maker), this.#taker);
    if (emptied) orders.drop(maker);
  }

  #place(side: number, id: number, price: number, quantity: number): void {
    this.#remaining = quantity;
    this.#taker = id;
    this.#book.match(side === BUY ? this.#asks : this.#bids, price, this);
    if (this.#remaining === 0) return;
    const order = this.#book.orders.create(id, price, quantity);
    this.#book.orders.setWords(order, side);
    this.#book.join(side === BUY ? this.#bids : this.#asks, order, price, this.#remaining);
  }

  #cancel(id: number): void {
    const { orders } = this.#book;
    const order = orders.find(id);
    if (order < 0) return;
    this.#book.leave(orders.words(order) === BUY ? this.#bids : this.#asks, order);
    orders.drop(order);
  }
}
