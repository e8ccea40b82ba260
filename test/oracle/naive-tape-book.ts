import type { FlowRecord } from "#test/support/tape.ts";

/** One execution, as the tape hash takes it. */
export interface Fill {
  readonly price: number;
  readonly quantity: number;
  readonly maker: number;
  readonly taker: number;
}

interface Resting {
  readonly id: number;
  readonly price: number;
  left: number;
}

/**
 * Price, then time, and nothing else: two lists that are always in the order in which their orders will be taken. For flows of hundreds of thousands of
 * orders, where the naive engine, which sorts its lists each time, would take hours; on shorter flows the two are compared.
 */
export class NaiveTapeBook {
  /** The best buyer first: by falling price, then as they came. */
  readonly #bids: Resting[] = [];
  /** The best seller first: by rising price, then as they came. */
  readonly #asks: Resting[] = [];

  place({ side, id, price, quantity }: FlowRecord): Fill[] {
    const isBuy = side === "BUY";
    const makers = isBuy ? this.#asks : this.#bids;
    const fills: Fill[] = [];
    let left = quantity;
    for (;;) {
      const maker = makers[0];
      if (left === 0) return fills;
      if (maker === undefined || (isBuy ? maker.price > price : maker.price < price)) break;
      const filled = Math.min(left, maker.left);
      fills.push({ price: maker.price, quantity: filled, maker: maker.id, taker: id });
      left -= filled;
      maker.left -= filled;
      if (maker.left === 0) makers.shift();
    }
    const own = isBuy ? this.#bids : this.#asks;
    own.splice(placeOf(own, price, isBuy), 0, { id, price, left });
    return fills;
  }

  /** True if the order was open. */
  cancel({ side, id }: FlowRecord): boolean {
    const own = side === "BUY" ? this.#bids : this.#asks;
    const at = own.findIndex((order) => order.id === id);
    if (at >= 0) own.splice(at, 1);
    return at >= 0;
  }
}

/** Behind all orders of the same or a better price, by halving. */
function placeOf(orders: readonly Resting[], price: number, isBuy: boolean): number {
  let [low, high] = [0, orders.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const order = orders[middle];
    if (order !== undefined && (isBuy ? order.price >= price : order.price <= price)) low = middle + 1;
    else high = middle;
  }
  return low;
}
