import { assert } from "#shared/domain/invariant.ts";
import type { OrderList } from "./order-list.ts";

/** A triggered order (its slot may be another's by the time its turn comes, so its id is kept too), or a list whose next orders have their turn. */
export type Work =
  | { readonly kind: "order"; readonly orderId: number; readonly order: number }
  | { readonly kind: "list"; readonly list: OrderList };

/** What one command's trades have set off, first come first served. Empty between commands. */
export class WorkQueue {
  #items: Work[] = [];
  #next = 0;

  get isEmpty(): boolean {
    return this.#next === this.#items.length;
  }

  add(work: Work): void {
    this.#items.push(work);
  }

  take(): Work {
    const work = this.#items[this.#next++];
    assert(work !== undefined, "work is taken from a queue that has some");
    if (this.isEmpty) {
      this.#items = [];
      this.#next = 0;
    }
    return work;
  }
}
