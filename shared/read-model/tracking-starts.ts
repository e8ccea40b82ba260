import type { MarketId, OrderId } from "#shared/domain/ids.ts";
import { triggersUpward } from "#shared/domain/order.ts";
import type { OrderRow } from "#shared/ports/projections.ts";

/** What it needs of an order. */
type Trailing = Pick<OrderRow, "orderId" | "market" | "type" | "side" | "stopPrice">;

/** Trailing orders of one market that begin to track at a trade price, and the prices between which none does. */
interface Waiting {
  readonly orders: Map<OrderId, Trailing>;
  lowestUpward: number;
  highestDownward: number;
}

/** Finds the trailing orders that begin to track: the fold tells it by no event of its own (docs/engine-rules.md, "Triggers"). */
export class TrackingStarts {
  readonly #waiting = new Map<MarketId, Waiting>();

  add(order: Trailing): void {
    const waiting = this.#waiting.get(order.market) ?? noneWaiting();
    this.#waiting.set(order.market, waiting);
    waiting.orders.set(order.orderId, order);
    widen(waiting, order);
  }

  remove({ market, orderId }: Pick<OrderRow, "market" | "orderId">): void {
    const waiting = this.#waiting.get(market);
    if (waiting?.orders.delete(orderId) === true && waiting.orders.size === 0) this.#waiting.delete(market);
  }

  /** Takes out and gives the orders that a trade price sets off. Costs nothing while no price is reached. */
  take(market: MarketId, price: number): OrderId[] {
    const waiting = this.#waiting.get(market);
    if (waiting === undefined) return [];
    if (price < waiting.lowestUpward && price > waiting.highestDownward) return [];
    const started = [...waiting.orders.values()].filter((order) => isReached(order, price));
    const left = noneWaiting();
    for (const { orderId } of started) waiting.orders.delete(orderId);
    for (const order of waiting.orders.values()) widen(left, order);
    waiting.lowestUpward = left.lowestUpward;
    waiting.highestDownward = left.highestDownward;
    return started.map(({ orderId }) => orderId);
  }
}

/** Whether a trade price fulfills the condition of an order's stop price. */
export function isReached({ type, side, stopPrice }: Trailing, price: number): boolean {
  return triggersUpward(type, side) ? price >= stopPrice : price <= stopPrice;
}

function noneWaiting(): Waiting {
  return { orders: new Map(), lowestUpward: Number.POSITIVE_INFINITY, highestDownward: 0 };
}

function widen(waiting: Waiting, { type, side, stopPrice }: Trailing): void {
  if (triggersUpward(type, side)) waiting.lowestUpward = Math.min(waiting.lowestUpward, stopPrice);
  else waiting.highestDownward = Math.max(waiting.highestDownward, stopPrice);
}
