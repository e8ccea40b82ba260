import type { MarketState } from "#shared/domain/engine-state.ts";
import type { LevelChanged } from "#shared/domain/event.ts";
import type { TradeId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Market } from "#shared/domain/market.ts";
import type { Side } from "#shared/domain/order.ts";
import type { BookOrder } from "./book-order.ts";
import { BookSide } from "./book-side.ts";

interface TouchedLevel {
  readonly side: Side;
  readonly price: number;
  readonly quantityBefore: number;
}

/** One market: its book, its counters, and which levels the present command touched. */
export class MarketBook {
  market: Market;
  readonly bids = new BookSide("BUY");
  readonly asks = new BookSide("SELL");
  /** 0 before the first trade. */
  lastPrice = 0;
  #lastTradeId = 0;
  #lastUpdateId = 0;
  /** By price, negative for SELL. */
  readonly #touched = new Map<number, TouchedLevel>();

  constructor(market: Market) {
    this.market = market;
  }

  /** The side where an order of this side rests. */
  own(side: Side): BookSide {
    return side === "BUY" ? this.bids : this.asks;
  }

  /** The side that an order of this side takes from. */
  opposite(side: Side): BookSide {
    return side === "BUY" ? this.asks : this.bids;
  }

  nextTradeId(): TradeId {
    this.#lastTradeId++;
    return this.#lastTradeId as TradeId;
  }

  add(order: BookOrder): void {
    this.#touch(order);
    this.own(order.side).add(order);
  }

  remove(order: BookOrder): void {
    this.#touch(order);
    this.own(order.side).remove(order);
  }

  /** A resting order was executed at its price; it leaves the book when nothing remains. */
  fill(order: BookOrder, quantity: number, quote: number): void {
    assert(quantity > 0 && quantity <= order.remaining, "no order executes more than its quantity");
    this.#shrink(order, quantity);
    order.executed += quantity;
    order.executedQuote += quote;
    if (order.remaining === 0) this.own(order.side).remove(order);
  }

  /** Lowers an order's quantity; its place in the queue stays. */
  amend(order: BookOrder, quantity: number): void {
    assert(quantity > order.executed && quantity < order.quantity, "an amendment lowers what remains");
    this.#shrink(order, order.quantity - quantity);
    order.quantity = quantity;
  }

  /** Ends a command: the levels that it changed, BUY before SELL, each by rising price. */
  takeChanges(): LevelChanged[] {
    if (this.#touched.size === 0) return [];
    const bid = this.bids.best;
    const ask = this.asks.best;
    assert(
      bid === undefined || ask === undefined || bid.price < ask.price,
      "a book is never crossed or locked",
    );
    const touched = [...this.#touched.values()].sort(buyFirstByPrice);
    const changes: LevelChanged[] = [];
    for (const { side, price, quantityBefore } of touched) {
      const quantity = this.own(side).level(price)?.quantity ?? 0;
      if (quantity === quantityBefore) continue;
      this.#lastUpdateId++;
      changes.push({
        kind: "LevelChanged",
        market: this.market.id,
        side,
        price,
        quantity,
        updateId: this.#lastUpdateId,
      });
    }
    this.#touched.clear();
    return changes;
  }

  state(): MarketState {
    return {
      market: this.market,
      lastTradeId: this.#lastTradeId,
      lastUpdateId: this.#lastUpdateId,
      lastPrice: this.lastPrice,
      bids: Array.from(this.bids.orders(), (order) => order.toResting()),
      asks: Array.from(this.asks.orders(), (order) => order.toResting()),
    };
  }

  /** Counters only; orders are added one by one. */
  restore(state: MarketState): void {
    this.#lastTradeId = state.lastTradeId;
    this.#lastUpdateId = state.lastUpdateId;
    this.lastPrice = state.lastPrice;
  }

  #shrink(order: BookOrder, quantity: number): void {
    const { level } = order;
    assert(level !== undefined, "only a resting order shrinks");
    this.#touch(order);
    level.quantity -= quantity;
  }

  /** Remembers how the order's level stood before this command. */
  #touch({ side, price }: BookOrder): void {
    const key = side === "BUY" ? price : -price;
    if (this.#touched.has(key)) return;
    const quantityBefore = this.own(side).level(price)?.quantity ?? 0;
    this.#touched.set(key, { side, price, quantityBefore });
  }
}

function buyFirstByPrice(a: TouchedLevel, b: TouchedLevel): number {
  if (a.side === b.side) return a.price - b.price;
  return a.side === "BUY" ? -1 : 1;
}
