import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Event, OrderActivated, Outcome, Trade, TradePrevented } from "#shared/domain/event.ts";
import type { AccountId, MarketId, OrderId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { isAlgo } from "#shared/domain/order.ts";
import type { OrderRow, TradeRow } from "#shared/ports/projections.ts";
import { type KnownRows, NO_KNOWN_ROWS } from "./known-rows.ts";
import { rowOfAccepted, rowOfOpen, tradeRow } from "./order-rows.ts";
import { EXPIRED_STATUS, isOpen } from "./order-status.ts";
import { isReached, TrackingStarts } from "./tracking-starts.ts";

/** One change of one order by one event: how it stood right after it. */
export interface OrderChange {
  /** The event's index in its outcome. */
  readonly index: number;
  readonly event: Event;
  readonly order: OrderRow;
  readonly trade?: TradeRow;
  /** Its role in a trade or a prevented match. */
  readonly isMaker?: boolean;
  /** Lots that this prevention took off it. */
  readonly lastPrevented?: number;
  /** True where nothing is told of it: the event that ends the order comes next, or it only began to track. */
  readonly isQuiet?: true;
}

/** The event that is being folded, and where its changes go. */
interface Place {
  readonly changes: OrderChange[];
  readonly outcome: Outcome;
  readonly index: number;
  readonly event: Event;
}

/** Follows orders through the events of a shard: the one place that knows how events become order rows. */
export class OrderFolder {
  /** Open orders only: those that have ended need no following. */
  readonly #open = new Map<OrderId, OrderRow>();
  readonly #trackingStarts = new TrackingStarts();
  readonly #lastPrices = new Map<MarketId, number>();
  readonly #skipsUnknown: boolean;

  /** With `skipUnknown`, orders that it was never told of are passed over: for looking at one outcome alone. */
  constructor(
    state: EngineState | undefined,
    { known = NO_KNOWN_ROWS, skipUnknown = false }: { known?: KnownRows; skipUnknown?: boolean } = {},
  ) {
    this.#skipsUnknown = skipUnknown;
    const seq = state?.seq ?? 0;
    for (const { market, lastPrice, bids, asks, waiting, pending } of state?.markets ?? []) {
      this.#lastPrices.set(market.id, lastPrice);
      for (const places of [bids, asks, waiting, pending]) {
        const isPending = places === pending;
        for (const order of places)
          this.#put(rowOfOpen(order, isPending, seq, known.orders.get(order.orderId)));
      }
    }
  }

  openOrders(): Iterable<OrderRow> {
    return this.#open.values();
  }

  /** Follows one more open order from here on. */
  follow(order: OrderRow): void {
    this.#put(order);
  }

  /**
   * Every change of an order, in the order of the events; a trade or prevented match changes its maker, then its taker. With `only`, the orders of
   * that account alone: the others need not be known.
   */
  fold(outcome: Outcome, only?: AccountId): OrderChange[] {
    const changes: OrderChange[] = [];
    const prevented = new Map<OrderId, number>();
    for (const [index, event] of outcome.events.entries()) {
      if (only !== undefined && "account" in event && event.account !== only) continue;
      const at = { changes, outcome, index, event };
      switch (event.kind) {
        case "OrderAccepted":
          changes.push({ index, event, order: this.#put(rowOfAccepted(event, outcome)) });
          break;
        case "OrderActivated":
          this.#change(at, event.orderId, (order) => this.#activated(order, event, outcome));
          break;
        case "OrderTriggered":
          this.#change(at, event.orderId, () => ({ workingTime: outcome.time }));
          break;
        case "Trade":
          this.#trade(at, event, only);
          break;
        case "TradePrevented":
          this.#prevent(at, event, prevented);
          break;
        case "OrderCanceled":
          this.#change(at, event.orderId, () => ({ status: "CANCELED" }));
          break;
        case "OrderExpired": {
          const status = EXPIRED_STATUS[event.reason];
          const last = event.reason === "self-trade" ? prevented.get(event.orderId) : undefined;
          const facts = last === undefined ? {} : { lastPrevented: last };
          this.#change(at, event.orderId, () => ({ status }), facts);
          break;
        }
        case "OrderAmended":
          this.#change(at, event.orderId, () => ({ quantity: event.quantity }));
          break;
        default:
      }
    }
    return changes;
  }

  #trade(at: Place, event: Trade, only: AccountId | undefined): void {
    const { makerOrderId, makerAccount, makerFilled, takerOrderId, takerAccount, takerFilled } = event;
    const trade = tradeRow(event, at.outcome);
    const fill = (isFilled: boolean) => (order: OrderRow) => ({
      executed: order.executed + event.quantity,
      executedQuote: order.executedQuote + event.quote,
      status: isFilled ? ("FILLED" as const) : ("PARTIALLY_FILLED" as const),
    });
    if (only === undefined || only === makerAccount) {
      this.#change(at, makerOrderId, fill(makerFilled), { trade, isMaker: true });
    }
    if (only === undefined || only === takerAccount) {
      this.#change(at, takerOrderId, fill(takerFilled), { trade, isMaker: false });
    }
    this.#lastPrices.set(event.market, event.price);
    for (const orderId of this.#trackingStarts.take(event.market, event.price)) {
      this.#change(at, orderId, () => ({ trailingTime: at.outcome.time }), { isQuiet: true });
    }
  }

  #prevent(at: Place, event: TradePrevented, prevented: Map<OrderId, number>): void {
    const { mode, makerOrderId, makerPrevented, takerOrderId, takerPrevented } = event;
    const endsTaker = mode === "EXPIRE_TAKER" || mode === "EXPIRE_BOTH";
    const roles = [
      { orderId: makerOrderId, isMaker: true, amount: makerPrevented, ends: false },
      { orderId: takerOrderId, isMaker: false, amount: takerPrevented, ends: endsTaker },
    ];
    for (const { orderId, isMaker, amount, ends } of roles) {
      if (amount === 0 && !ends) continue;
      prevented.set(orderId, amount);
      const order = this.#open.get(orderId);
      // Nothing remains of it: the event that ends it comes next, and tells of this too. (A quantity of 0 is one by quoteQuantity.)
      const isLast = order?.quantity !== 0 && restOf(order) === amount;
      this.#change(
        at,
        orderId,
        (row) => ({ prevented: row.prevented + amount, preventedMatchId: event.preventedMatchId }),
        { isMaker, lastPrevented: amount, ...(ends || isLast ? { isQuiet: true as const } : {}) },
      );
    }
  }

  /** What a pending order becomes when its turn has come: one at work, or an algo order that waits. */
  #activated(order: OrderRow, event: OrderActivated, { time }: Outcome): Partial<OrderRow> {
    if (!isAlgo(order.type)) return { status: "NEW", workingTime: time };
    const last = this.#lastPrices.get(event.market) ?? 0;
    const isTracking =
      order.trailingDelta > 0 && (order.stopPrice === 0 || (last > 0 && isReached(order, last)));
    return { status: "NEW", trailingTime: isTracking ? time : 0 };
  }

  #change(
    { changes, outcome, index, event }: Place,
    orderId: OrderId,
    change: (order: OrderRow) => Partial<OrderRow>,
    facts: Partial<OrderChange> = {},
  ): void {
    const order = this.#open.get(orderId);
    if (order === undefined && this.#skipsUnknown) return;
    assert(order !== undefined, `an event names order ${orderId}, which is not open`);
    const changed = { ...order, ...change(order), updateTime: outcome.time, seq: outcome.seq };
    changes.push({ ...facts, index, event, order: this.#put(changed) });
  }

  #put(order: OrderRow): OrderRow {
    if (isOpen(order.status)) this.#open.set(order.orderId, order);
    else this.#open.delete(order.orderId);
    if (order.trailingDelta > 0 && order.stopPrice > 0) {
      if (order.status === "NEW" && order.trailingTime === 0) this.#trackingStarts.add(order);
      else this.#trackingStarts.remove(order);
    }
    return order;
  }
}

function restOf(order: OrderRow | undefined): number {
  return order === undefined ? 0 : order.quantity - order.executed - order.prevented;
}
