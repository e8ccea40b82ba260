import { assert } from "#shared/domain/invariant.ts";
import type { BookOrder } from "./book-order.ts";

/** The orders at one price of one side, first come first. A doubly linked queue: joining and leaving cost the same at any depth. */
export class PriceLevel {
  readonly price: number;
  /** What all its orders have left, lots. */
  quantity = 0;
  first: BookOrder | undefined;
  last: BookOrder | undefined;

  constructor(price: number) {
    this.price = price;
  }

  get isEmpty(): boolean {
    return this.first === undefined;
  }

  append(order: BookOrder): void {
    assert(order.level === undefined, "an order joins one level only");
    order.level = this;
    order.previous = this.last;
    if (this.last === undefined) this.first = order;
    else this.last.next = order;
    this.last = order;
    this.quantity += order.remaining;
  }

  remove(order: BookOrder): void {
    assert(order.level === this, "an order leaves the level it is in");
    if (order.previous === undefined) this.first = order.next;
    else order.previous.next = order.next;
    if (order.next === undefined) this.last = order.previous;
    else order.next.previous = order.previous;
    order.level = undefined;
    order.previous = undefined;
    order.next = undefined;
    this.quantity -= order.remaining;
    assert(this.quantity >= 0, "a level holds no negative quantity");
  }
}
