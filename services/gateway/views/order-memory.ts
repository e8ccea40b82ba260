import type { AccountId, MarketId, OrderId } from "#shared/domain/ids.ts";
import type { OrderRow } from "#shared/ports/projections.ts";
import { isOpen } from "#shared/read-model/order-status.ts";
import type { OrderKey } from "./region-view.ts";

/** Ended orders that are still at hand; older ones are in the projections. */
const ENDED = 20_000;

/** Orders by account, open and lately ended. */
export class OrderMemory {
  readonly #orders = new Map<OrderId, OrderRow>();
  readonly #byClientId = new Map<string, OrderId>();
  readonly #open = new Map<AccountId, Map<OrderId, OrderRow>>();
  readonly #ended: OrderId[] = [];

  put(order: OrderRow): void {
    this.#orders.set(order.orderId, order);
    this.#byClientId.set(clientKey(order.account, order.clientOrderId), order.orderId);
    let open = this.#open.get(order.account);
    if (isOpen(order.status)) {
      if (open === undefined) {
        open = new Map();
        this.#open.set(order.account, open);
      }
      open.set(order.orderId, order);
      return;
    }
    open?.delete(order.orderId);
    if (open?.size === 0) this.#open.delete(order.account);
    this.#ended.push(order.orderId);
    if (this.#ended.length >= 2 * ENDED) for (const old of this.#ended.splice(0, ENDED)) this.#forget(old);
  }

  /** By rising order id. */
  open(account: AccountId, market?: MarketId): readonly OrderRow[] {
    const orders = [...(this.#open.get(account)?.values() ?? [])];
    return orders
      .filter((order) => market === undefined || order.market === market)
      .sort((a, b) => a.orderId - b.orderId);
  }

  find(account: AccountId, market: MarketId, key: OrderKey): OrderRow | undefined {
    const orderId =
      "orderId" in key
        ? (key.orderId as OrderId)
        : this.#byClientId.get(clientKey(account, key.clientOrderId));
    const order = orderId === undefined ? undefined : this.#orders.get(orderId);
    return order?.account === account && order.market === market ? order : undefined;
  }

  #forget(orderId: OrderId): void {
    const order = this.#orders.get(orderId);
    if (order === undefined) return;
    this.#orders.delete(orderId);
    const key = clientKey(order.account, order.clientOrderId);
    if (this.#byClientId.get(key) === orderId) this.#byClientId.delete(key);
  }
}

function clientKey(account: AccountId, clientOrderId: string): string {
  return `${account} ${clientOrderId}`;
}
