import type { AccountId, MarketId, OrderId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { BookOrder } from "./book-order.ts";
import { clientKey } from "./memory.ts";

/** The open orders of a shard, by each name that a command may use. */
export class OpenOrders {
  readonly #byId = new Map<OrderId, BookOrder>();
  readonly #byClientId = new Map<string, BookOrder>();
  readonly #byAccount = new Map<AccountId, Set<BookOrder>>();

  add(order: BookOrder): void {
    assert(!this.#byId.has(order.orderId), "open orders have distinct ids");
    this.#byId.set(order.orderId, order);
    this.#byClientId.set(clientKey(order.account, order.clientOrderId), order);
    let orders = this.#byAccount.get(order.account);
    if (orders === undefined) {
      orders = new Set();
      this.#byAccount.set(order.account, orders);
    }
    orders.add(order);
  }

  remove(order: BookOrder): void {
    this.#byId.delete(order.orderId);
    this.#byClientId.delete(clientKey(order.account, order.clientOrderId));
    const orders = this.#byAccount.get(order.account);
    orders?.delete(order);
    if (orders?.size === 0) this.#byAccount.delete(order.account);
  }

  byId(orderId: OrderId): BookOrder | undefined {
    return this.#byId.get(orderId);
  }

  byClientId(account: AccountId, clientOrderId: string): BookOrder | undefined {
    return this.#byClientId.get(clientKey(account, clientOrderId));
  }

  /** By rising order id. */
  ofAccount(account: AccountId, market: MarketId): BookOrder[] {
    const orders = [...(this.#byAccount.get(account) ?? [])].filter((order) => order.market === market);
    return orders.sort((a, b) => a.orderId - b.orderId);
  }
}
