import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Event, OrderAccepted, Outcome, Trade } from "#shared/domain/event.ts";
import type { AccountId, CommandId, OrderId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { RestingOrder } from "#shared/domain/order.ts";
import type { OrderRow, TradeRow } from "#shared/ports/projections.ts";

/** One change of one order by one event: how it stood right after it. */
export interface OrderChange {
  /** The event's index in its outcome. */
  readonly index: number;
  readonly event: Event;
  readonly order: OrderRow;
  readonly trade?: TradeRow;
  readonly isMaker?: boolean;
}

/** Follows orders through the events of a shard: the one place that knows how events become order rows. */
export class OrderFolder {
  /** Open orders only: those that have ended need no following. */
  readonly #open = new Map<OrderId, OrderRow>();

  constructor(state: EngineState | undefined) {
    for (const { bids, asks } of state?.markets ?? []) {
      for (const order of [...bids, ...asks])
        this.#open.set(order.orderId, rowOfResting(order, state?.seq ?? 0));
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
   * Every change of an order, in the order of the events; a trade changes its maker, then its taker. With `only`, the orders of that account
   * alone: the others need not be known.
   */
  fold(outcome: Outcome, only?: AccountId): OrderChange[] {
    const changes: OrderChange[] = [];
    for (const [index, event] of outcome.events.entries()) {
      if (only !== undefined && "account" in event && event.account !== only) continue;
      switch (event.kind) {
        case "OrderAccepted":
          changes.push({ index, event, order: this.#put(rowOfAccepted(event, outcome)) });
          break;
        case "Trade": {
          const trade = tradeRow(event, outcome);
          if (only === undefined || only === event.makerAccount) {
            const maker = this.#put(filled(this.#get(event.makerOrderId), event, event.makerFilled, outcome));
            changes.push({ index, event, order: maker, trade, isMaker: true });
          }
          if (only === undefined || only === event.takerAccount) {
            const taker = this.#put(filled(this.#get(event.takerOrderId), event, event.takerFilled, outcome));
            changes.push({ index, event, order: taker, trade, isMaker: false });
          }
          break;
        }
        case "OrderCanceled":
          changes.push({ index, event, order: this.#end(event.orderId, "CANCELED", outcome) });
          break;
        case "OrderExpired":
          changes.push({
            index,
            event,
            order: this.#end(event.orderId, EXPIRED_STATUS[event.reason], outcome),
          });
          break;
        case "OrderAmended":
          changes.push({
            index,
            event,
            order: this.#put(changed(this.#get(event.orderId), { quantity: event.quantity }, outcome)),
          });
          break;
        default:
      }
    }
    return changes;
  }

  #get(orderId: OrderId): OrderRow {
    const order = this.#open.get(orderId);
    assert(order !== undefined, `an event names order ${orderId}, which is not open`);
    return order;
  }

  #put(order: OrderRow): OrderRow {
    if (order.status === "NEW" || order.status === "PARTIALLY_FILLED") this.#open.set(order.orderId, order);
    else this.#open.delete(order.orderId);
    return order;
  }

  #end(orderId: OrderId, status: OrderRow["status"], outcome: Outcome): OrderRow {
    return this.#put(changed(this.#get(orderId), { status }, outcome));
  }
}

/** A MARKET order by quoteOrderQty that spent what whole lots allow counts as filled, as on Binance. */
export const EXPIRED_STATUS = {
  unfilled: "EXPIRED",
  "quote-spent": "FILLED",
  "self-trade": "EXPIRED_IN_MATCH",
} as const;

/** A trade as the Trades table holds it. */
export function tradeRow(event: Trade, outcome: Outcome): TradeRow {
  const { kind: _kind, makerFilled: _maker, takerFilled: _taker, ...fields } = event;
  return { ...fields, time: outcome.time, seq: outcome.seq };
}

function rowOfAccepted(event: OrderAccepted, outcome: Outcome): OrderRow {
  const { kind: _kind, ...fields } = event;
  return {
    ...fields,
    executed: 0,
    executedQuote: 0,
    status: "NEW",
    time: outcome.time,
    updateTime: outcome.time,
    commandId: outcome.commandId as CommandId,
    seq: outcome.seq,
  };
}

/** What a snapshot knows of an order: only what rests is in it, so it is good till canceled. */
function rowOfResting(order: RestingOrder, seq: number): OrderRow {
  return {
    ...order,
    timeInForce: "GTC",
    quoteQuantity: 0,
    status: order.executed === 0 ? "NEW" : "PARTIALLY_FILLED",
    updateTime: order.time,
    commandId: "" as CommandId,
    seq: seq as OrderRow["seq"],
  };
}

function filled(order: OrderRow, event: Trade, isFilled: boolean, outcome: Outcome): OrderRow {
  const executed = order.executed + event.quantity;
  const executedQuote = order.executedQuote + event.quote;
  return changed(
    order,
    { executed, executedQuote, status: isFilled ? "FILLED" : "PARTIALLY_FILLED" },
    outcome,
  );
}

function changed(order: OrderRow, change: Partial<OrderRow>, outcome: Outcome): OrderRow {
  return { ...order, ...change, updateTime: outcome.time, seq: outcome.seq };
}
