import { AssertionError } from "chai";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Event, OrderAccepted, Trade } from "#shared/domain/event.ts";

/** An open order as the events tell it. */
interface Watched {
  readonly terms: OrderAccepted;
  quantity: number;
  left: number;
}

/**
 * Follows a shard by its events alone, as its clients do, and checks them: no order executes more than its quantity, at a price worse than its limit or
 * after its end; ids are dense; lists end when their last order does; and balances, books and open orders are what the state says.
 */
export class EventWatch {
  readonly #orders = new Map<number, Watched>();
  readonly #lists = new Map<number, Set<number>>();
  /** Lists that have no order left and are not done yet. */
  readonly #ended = new Set<number>();
  readonly #balances = new Map<string, string>();
  readonly #levels = new Map<string, number>();
  readonly #numbers = new Map<string, number>();
  #auction = { price: 0, left: 0 };

  /** The events of one command. */
  note(events: readonly Event[]): void {
    for (const event of events) this.#noteOne(event);
    hold(this.#auction.left === 0, "an auction trades what it says");
    for (const listId of this.#ended) hold(false, `list ${listId} has ended and was not done`);
  }

  expectState(state: EngineState): void {
    const balances = state.balances.map((b) => [`${b.account} ${b.asset}`, `${b.free} ${b.locked}`] as const);
    expectSame(this.#balances, new Map(balances), "balances");
    const levels = new Map<string, number>();
    const orders = new Set<number>();
    for (const { market, bids, asks, waiting, pending } of state.markets) {
      for (const { side, price, visible } of [...bids, ...asks]) {
        const key = `${market.id} ${side} ${price}`;
        levels.set(key, (levels.get(key) ?? 0) + visible);
      }
      for (const { orderId } of [...bids, ...asks, ...waiting, ...pending]) orders.add(orderId);
    }
    expectSame(this.#levels, levels, "levels");
    hold(
      orders.size === this.#orders.size && [...orders].every((id) => this.#orders.has(id)),
      "the events tell which orders are open",
    );
  }

  #noteOne(event: Event): void {
    switch (event.kind) {
      case "OrderAccepted": {
        const left = event.quoteQuantity > 0 ? Number.POSITIVE_INFINITY : event.quantity;
        hold(!this.#orders.has(event.orderId), `${event.orderId} is accepted once`);
        this.#orders.set(event.orderId, { terms: event, quantity: event.quantity, left });
        break;
      }
      case "OrderListAccepted":
        this.#lists.set(event.listId, new Set(event.orders));
        if (event.orders.length === 0) this.#ended.add(event.listId);
        break;
      case "OrderListDone":
        hold(this.#lists.get(event.listId)?.size === 0, `list ${event.listId} is done when its orders are`);
        this.#lists.delete(event.listId);
        this.#ended.delete(event.listId);
        break;
      case "Trade":
        this.#next(`trade ${event.market}`, event.tradeId);
        this.#trade(event);
        break;
      case "TradePrevented":
        this.#next(`prevented ${event.market}`, event.preventedMatchId);
        this.#order(event.takerOrderId).left -= event.takerPrevented;
        this.#order(event.makerOrderId).left -= event.makerPrevented;
        break;
      case "OrderActivated":
      case "OrderTriggered":
        this.#order(event.orderId);
        break;
      case "OrderAmended": {
        const order = this.#order(event.orderId);
        order.left -= order.quantity - event.quantity;
        order.quantity = event.quantity;
        hold(order.left > 0, `${event.orderId} has something left after its amendment`);
        break;
      }
      case "OrderCanceled":
      case "OrderExpired":
        this.#end(event.orderId);
        break;
      case "BalanceChanged":
        this.#balances.set(`${event.account} ${event.asset}`, `${event.free} ${event.locked}`);
        if (event.free === 0 && event.locked === 0) this.#balances.delete(`${event.account} ${event.asset}`);
        break;
      case "LevelChanged": {
        this.#next(`update ${event.market}`, event.updateId);
        const key = `${event.market} ${event.side} ${event.price}`;
        hold((this.#levels.get(key) ?? 0) !== event.quantity, `${key} has changed`);
        if (event.quantity === 0) this.#levels.delete(key);
        else this.#levels.set(key, event.quantity);
        break;
      }
      case "AuctionUncrossed":
        this.#auction = { price: event.price, left: event.quantity };
        break;
    }
  }

  #trade(trade: Trade): void {
    const { price, quantity, makerOrderId, takerOrderId, makerFilled, takerFilled } = trade;
    if (this.#auction.left > 0) {
      hold(price === this.#auction.price, "an auction trades at one price");
      this.#auction.left -= quantity;
    }
    for (const [orderId, filled] of [
      [makerOrderId, makerFilled],
      [takerOrderId, takerFilled],
    ] as const) {
      const order = this.#order(orderId);
      const { side, price: limit } = order.terms;
      order.left -= quantity;
      hold(order.left >= 0, `${orderId} executes no more than its quantity`);
      hold(
        limit === 0 || (side === "BUY" ? price <= limit : price >= limit),
        `${orderId} trades within its limit`,
      );
      hold(filled === (order.left === 0), `${orderId} is filled when nothing is left`);
      if (filled) this.#end(orderId);
    }
  }

  #order(orderId: number): Watched {
    const order = this.#orders.get(orderId);
    if (order === undefined) throw new AssertionError(`${orderId} does something and is not open`);
    return order;
  }

  #end(orderId: number): void {
    const { terms } = this.#order(orderId);
    this.#orders.delete(orderId);
    const list = this.#lists.get(terms.listId);
    if (list?.delete(orderId) && list.size === 0) this.#ended.add(terms.listId);
  }

  #next(what: string, id: number): void {
    hold(id === (this.#numbers.get(what) ?? 0) + 1, `${what}: ${id} follows ${this.#numbers.get(what) ?? 0}`);
    this.#numbers.set(what, id);
  }
}

function expectSame<T>(told: ReadonlyMap<string, T>, held: ReadonlyMap<string, T>, what: string): void {
  hold(told.size === held.size, `as many ${what} were told as there are`);
  for (const [key, value] of held)
    hold(told.get(key) === value, `${what}: ${key} is ${value}, told was ${told.get(key)}`);
}

function hold(condition: boolean, message: string): void {
  if (!condition) throw new AssertionError(message);
}
