import type { Event } from "#shared/domain/event.ts";
import type { AccountId, MarketId, OrderId } from "#shared/domain/ids.ts";
import { isAlgo } from "#shared/domain/order.ts";
import type { OrderRow } from "#shared/ports/projections.ts";
import type { RowsAfter } from "./rows-after.ts";

/** What events did to an order, in sums, so that it can be taken away again. */
interface Done {
  readonly order: OrderRow;
  executed: number;
  executedQuote: number;
  prevented: number;
  wasActivated: boolean;
  wasTriggered: boolean;
}

/** Finds how an account's orders stood before a range of events, from how they stand after it. */
export class OrdersBefore {
  readonly #after: RowsAfter;
  readonly #done = new Map<OrderId, Done>();
  /** Accepted within the range: they were not there before. */
  readonly #accepted = new Set<OrderId>();

  constructor(after: RowsAfter) {
    this.#after = after;
  }

  /** Takes the next event. False if it touches an order of the account that is not known any more, or amends one: from what, no event tells. */
  undo(event: Event, account: AccountId): boolean {
    if (event.kind === "Trade") {
      const { market, quantity, quote } = event;
      const take = (done: Done) => {
        done.executed += quantity;
        done.executedQuote += quote;
      };
      const isMakerKnown = event.makerAccount !== account || this.#touch(event.makerOrderId, market, take);
      const isTakerKnown = event.takerAccount !== account || this.#touch(event.takerOrderId, market, take);
      return isMakerKnown && isTakerKnown;
    }
    if (!("account" in event) || event.account !== account) return true;
    switch (event.kind) {
      case "OrderAccepted":
        this.#accepted.add(event.orderId);
        return true;
      case "OrderActivated":
        return this.#touch(event.orderId, event.market, (done) => {
          done.wasActivated = true;
        });
      case "OrderTriggered":
        return this.#touch(event.orderId, event.market, (done) => {
          done.wasTriggered = true;
        });
      case "TradePrevented": {
        const { market, makerPrevented, takerPrevented } = event;
        const take = (lots: number) => (done: Done) => {
          done.prevented += lots;
        };
        const isMakerKnown = this.#touch(event.makerOrderId, market, take(makerPrevented));
        return this.#touch(event.takerOrderId, market, take(takerPrevented)) && isMakerKnown;
      }
      case "OrderCanceled":
      case "OrderExpired":
        return this.#touch(event.orderId, event.market, () => {});
      case "OrderAmended":
        return this.#accepted.has(event.orderId);
      default:
        return true;
    }
  }

  rows(): OrderRow[] {
    return [...this.#done.values()].map(before);
  }

  #touch(orderId: OrderId, market: MarketId, change: (done: Done) => void): boolean {
    if (this.#accepted.has(orderId)) return true;
    let done = this.#done.get(orderId);
    if (done === undefined) {
      const order = this.#after.order(orderId, market);
      if (order === undefined) return false;
      const nothing = { executed: 0, executedQuote: 0, prevented: 0 };
      done = { order, ...nothing, wasActivated: false, wasTriggered: false };
      this.#done.set(orderId, done);
    }
    change(done);
    return true;
  }
}

function before({ order, wasActivated, wasTriggered, ...done }: Done): OrderRow {
  const executed = order.executed - done.executed;
  const wasNotWorking = wasTriggered || (wasActivated && !isAlgo(order.type));
  return {
    ...order,
    executed,
    executedQuote: order.executedQuote - done.executedQuote,
    prevented: order.prevented - done.prevented,
    status: wasActivated ? "PENDING_NEW" : executed === 0 ? "NEW" : "PARTIALLY_FILLED",
    ...(wasNotWorking ? { workingTime: 0 } : {}),
  };
}
