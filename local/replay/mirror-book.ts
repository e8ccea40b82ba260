import type { Side } from "#shared/domain/order.ts";
import { isBetter, type Level } from "./lobster-book.ts";
import { leftOf, type RestingOrder } from "./resting-order.ts";

/** What the platform's book must hold: queues by price and time. Obvious rather than fast. */
export class MirrorBook {
  readonly #queues: Record<Side, Map<number, RestingOrder[]>> = { BUY: new Map(), SELL: new Map() };
  readonly #orders = new Map<string, RestingOrder>();

  /** In no particular order. */
  get orders(): Iterable<RestingOrder> {
    return this.#orders.values();
  }

  find(name: string): RestingOrder | undefined {
    return this.#orders.get(name);
  }

  add(order: RestingOrder): void {
    this.#orders.set(order.name, order);
    const queue = this.#queues[order.side].get(order.price);
    if (queue === undefined) this.#queues[order.side].set(order.price, [order]);
    else queue.push(order);
  }

  /** Takes out what has nothing left, or is canceled. */
  remove(order: RestingOrder): void {
    this.#orders.delete(order.name);
    const queues = this.#queues[order.side];
    const queue = (queues.get(order.price) ?? []).filter((each) => each !== order);
    if (queue.length === 0) queues.delete(order.price);
    else queues.set(order.price, queue);
  }

  /** Orders that a taker meets before this one, by price and then by time. */
  ahead(order: RestingOrder): RestingOrder[] {
    const better = this.#ordersAt(order.side, (price) => isBetter(order.side, price, order.price));
    const queue = this.#queues[order.side].get(order.price) ?? [];
    return [...better, ...queue.slice(0, queue.indexOf(order))];
  }

  /** Orders that an order of the other side at `price` would trade with. */
  crossedBy(side: Side, price: number): RestingOrder[] {
    const opposite = side === "BUY" ? "SELL" : "BUY";
    return this.#ordersAt(opposite, (other) => other === price || isBetter(opposite, other, price));
  }

  quantityAt(side: Side, price: number): number {
    return (this.#queues[side].get(price) ?? []).reduce((sum, order) => sum + leftOf(order), 0);
  }

  /** Best first. */
  levels(side: Side): Level[] {
    return [...this.#queues[side].keys()]
      .sort((a, b) => (isBetter(side, a, b) ? -1 : 1))
      .map((price) => ({ price, quantity: this.quantityAt(side, price) }));
  }

  #ordersAt(side: Side, isWanted: (price: number) => boolean): RestingOrder[] {
    return [...this.#queues[side]].flatMap(([price, queue]) => (isWanted(price) ? queue : []));
  }
}
