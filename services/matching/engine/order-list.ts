import { hashList } from "#shared/domain/digest/state-digest.ts";
import type { OrderId, OrderListId } from "#shared/domain/ids.ts";
import type { Contingency, OpenOrderList } from "#shared/domain/order.ts";
import type { DigestSum } from "./digest-sum.ts";

/** How an order ended, as far as its list cares. */
export type EndOfOrder = "filled" | "canceled" | "expired";

/** An open order list: which of its orders are still open. Lists are rare beside orders, so they are objects. */
export class OrderList {
  readonly state: OpenOrderList;
  /** The market's number, and the entry of the list's client order id. */
  readonly market: number;
  readonly clientOrderId: number;
  readonly isOpen: boolean[];
  readonly #hashed: number;

  constructor(state: OpenOrderList, market: number, clientOrderId: number, digest: DigestSum) {
    this.state = state;
    this.market = market;
    this.clientOrderId = clientOrderId;
    this.isOpen = state.orders.map(() => true);
    hashList(digest.hash, state);
    this.#hashed = digest.hash.sum;
    digest.add(this.#hashed);
  }

  get listId(): OrderListId {
    return this.state.listId;
  }

  get contingency(): Contingency {
    return this.state.contingency;
  }

  get isDone(): boolean {
    return !this.isOpen.includes(true);
  }

  /** The place of an order in the list. */
  placeOf(orderId: number): number {
    return this.state.orders.indexOf(orderId as OrderId);
  }

  /** The id of the other open one of two OCO orders; 0 if there is none. */
  partnerOf(orderId: number): number {
    const pair = this.pair();
    if (pair === undefined) return 0;
    const place = this.placeOf(orderId);
    const [above, below] = pair;
    if (place !== above && place !== below) return 0;
    const other = place === above ? below : above;
    return this.isOpen[other] === true ? (this.state.orders[other] ?? 0) : 0;
  }

  /** The places of its two OCO orders. */
  pair(): readonly [number, number] | undefined {
    switch (this.contingency) {
      case "OCO":
        return [0, 1];
      case "OTOCO":
        return [1, 2];
      case "OTO":
        return undefined;
    }
  }

  /** Ids of its open orders that come after the working one; none for an OCO. */
  openFollowers(): OrderId[] {
    if (this.contingency === "OCO") return [];
    return this.state.orders.filter((_, place) => place > 0 && this.isOpen[place] === true);
  }

  openOrders(): OrderId[] {
    return this.state.orders.filter((_, place) => this.isOpen[place] === true);
  }

  /** It is done: it adds nothing to the digest any more. */
  leaveDigest(digest: DigestSum): void {
    digest.subtract(this.#hashed);
  }
}
