import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, CommandId, MarketId, OrderId, OrderListId, Seq } from "#shared/domain/ids.ts";
import type { OrderStatus, OrderTerms } from "#shared/domain/order.ts";
import type { OutboxEntry, OutboxState } from "#shared/ports/outbox.ts";
import type { OrderListRow, OrderRow } from "#shared/ports/projections.ts";

const STATUS: Record<OutboxState, OrderStatus> = {
  queued: "QUEUED",
  sent: "QUEUED",
  canceled: "CANCELED",
  expired: "EXPIRED",
};

/** The orders that an entry of the outbox brings, as rows: no fold has seen them, so their seq is 0. None for other commands. */
export function queuedOrders(entry: OutboxEntry): readonly OrderRow[] {
  const { command } = entry.envelope;
  if (command.kind === "PlaceOrder") {
    const { kind: _kind, account, market, ...terms } = command;
    return [rowOf(entry, { account, market, listId: 0 }, terms)];
  }
  if (command.kind !== "PlaceOrderList") return [];
  const { account, market, listId } = command;
  return command.orders.map((terms) => rowOf(entry, { account, market, listId }, terms));
}

/** The order list that an entry of the outbox brings. */
export function queuedList({ envelope, state, queuedAt, changedAt }: OutboxEntry): OrderListRow | undefined {
  const { command } = envelope;
  if (command.kind !== "PlaceOrderList") return undefined;
  const { listId, account, market, listClientOrderId, contingency, orders } = command;
  return {
    listId,
    account,
    market,
    listClientOrderId,
    contingency,
    orders: orders.map(({ orderId, clientOrderId }) => ({ orderId, clientOrderId })),
    isDone: state === "canceled" || state === "expired",
    time: queuedAt,
    updateTime: changedAt,
    seq: 0 as Seq,
  };
}

/** True for an outcome that says what became of the very orders that an entry brings: of its client's other copy of the command it does not, for that one's orders have other ids. */
export function isToldOf(entry: OutboxEntry, { events }: Outcome): boolean {
  const own = new Set<number>(queuedOrders(entry).map(({ orderId }) => orderId));
  const list = queuedList(entry);
  if (list !== undefined) own.add(list.listId);
  if (own.size === 0) return true;
  return events.some((event) =>
    event.kind === "OrdersMerged"
      ? event.orders.some(({ orderId }) => own.has(orderId))
      : "orderId" in event && own.has(event.orderId),
  );
}

interface OfOrder {
  readonly account: AccountId;
  readonly market: MarketId;
  readonly listId: OrderListId | 0;
}

function rowOf(
  { state, queuedAt, changedAt, envelope }: OutboxEntry,
  of: OfOrder,
  terms: OrderTerms,
): OrderRow {
  return {
    ...terms,
    orderId: terms.orderId as OrderId,
    ...of,
    executed: 0,
    executedQuote: 0,
    prevented: 0,
    preventedMatchId: 0,
    status: STATUS[state],
    time: queuedAt,
    updateTime: changedAt,
    workingTime: 0,
    trailingTime: 0,
    commandId: envelope.commandId as CommandId,
    seq: 0 as Seq,
  };
}
