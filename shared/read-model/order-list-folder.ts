import type { EngineState, MarketState } from "#shared/domain/engine-state.ts";
import type { Event, OrderListAccepted, Outcome } from "#shared/domain/event.ts";
import type { AccountId, OrderListId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { OpenOrderList } from "#shared/domain/order.ts";
import type { OrderListRow } from "#shared/ports/projections.ts";
import { type KnownRows, NO_KNOWN_ROWS } from "./known-rows.ts";

/** One change of one order list by one event: it was accepted, or its last open order ended. */
export interface OrderListChange {
  /** The event's index in its outcome. */
  readonly index: number;
  readonly event: Event;
  readonly list: OrderListRow;
}

/** Follows order lists through the events of a shard. */
export class OrderListFolder {
  /** With an open order. */
  readonly #open = new Map<OrderListId, OrderListRow>();

  constructor(state: EngineState | undefined, known: KnownRows = NO_KNOWN_ROWS) {
    for (const market of state?.markets ?? []) {
      for (const list of market.lists) {
        const row = known.lists.get(list.listId);
        const open = { isDone: false, updateTime: list.time, seq: state?.seq ?? (0 as OrderListRow["seq"]) };
        this.#open.set(list.listId, row === undefined ? rowOfOpen(list, market, open) : { ...row, ...open });
      }
    }
  }

  openLists(): Iterable<OrderListRow> {
    return this.#open.values();
  }

  /** Follows one more open list from here on. */
  follow(list: OrderListRow): void {
    this.#open.set(list.listId, list);
  }

  /** With `only`, the lists of that account alone: the others need not be known. */
  fold(outcome: Outcome, only?: AccountId): OrderListChange[] {
    const changes: OrderListChange[] = [];
    for (const [index, event] of outcome.events.entries()) {
      if (only !== undefined && "account" in event && event.account !== only) continue;
      if (event.kind === "OrderListAccepted") {
        const list = rowOfAccepted(event, outcome);
        this.#open.set(list.listId, list);
        changes.push({ index, event, list });
      } else if (event.kind === "OrderListDone") {
        const open = this.#open.get(event.listId);
        assert(open !== undefined, `an event names order list ${event.listId}, which is not open`);
        this.#open.delete(event.listId);
        const list = { ...open, isDone: true, updateTime: outcome.time, seq: outcome.seq };
        changes.push({ index, event, list });
      }
    }
    return changes;
  }
}

/** A list right after it was accepted; the names of its orders are in the events that follow. */
export function rowOfAccepted(event: OrderListAccepted, { events, time, seq }: Outcome): OrderListRow {
  const { kind: _kind, orders, ...fields } = event;
  const names = new Map(
    events.flatMap((one) =>
      one.kind === "OrderAccepted" ? [[one.orderId, one.clientOrderId] as const] : [],
    ),
  );
  return {
    ...fields,
    orders: orders.map((orderId) => ({ orderId, clientOrderId: names.get(orderId) ?? "" })),
    isDone: false,
    time,
    updateTime: time,
    seq,
  };
}

/** A list as a snapshot of the state holds it: it names its open orders only. */
function rowOfOpen(
  { orders, ...fields }: OpenOrderList,
  { bids, asks, waiting, pending }: MarketState,
  open: Pick<OrderListRow, "isDone" | "updateTime" | "seq">,
): OrderListRow {
  const members = [bids, asks, waiting, pending].flat().filter(({ listId }) => listId === fields.listId);
  const names = new Map(members.map(({ orderId, clientOrderId }) => [orderId, clientOrderId]));
  return {
    ...fields,
    ...open,
    orders: orders.map((orderId) => ({ orderId, clientOrderId: names.get(orderId) ?? "" })),
  };
}
