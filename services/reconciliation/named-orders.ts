import type { Event, ForkCommandReplayed } from "#shared/domain/event.ts";
import type { AccountId, OrderId } from "#shared/domain/ids.ts";

/** An order or an order list of a fork, and what its client calls it. Ids of lists stand where ids of orders do, as in `ForkCommandReplayed`. */
export interface NamedInFork {
  readonly kind: "order" | "list";
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly name: string;
}

/** What the replay of one command tells of orders under the ids that they had in the fork. */
export function namedOrders(events: readonly Event[]): NamedInFork[] {
  return events.flatMap((event): NamedInFork[] => {
    switch (event.kind) {
      case "OrderAccepted":
        return [{ kind: "order", account: event.account, orderId: event.orderId, name: event.clientOrderId }];
      case "OrderListAccepted":
        return [list(event.account, event.listId, event.listClientOrderId)];
      case "OrdersMerged": {
        const { account, listId, listClientOrderId } = event;
        const orders = event.orders.map(({ orderId, clientOrderId }): NamedInFork => {
          return { kind: "order", account, orderId, name: clientOrderId };
        });
        return listId === 0 ? orders : [...orders, list(account, listId, listClientOrderId)];
      }
      default:
        return [];
    }
  });
}

export function nameOf(account: AccountId, name: string): string {
  return `${account} ${name}`;
}

/** The order, or list, that a command named by its client's name of it: as it stands where the command found it, else as the fork had it. 0 where there is none. */
export function orderNamedBy(
  { command, account }: ForkCommandReplayed,
  events: readonly Event[],
  names: ReadonlyMap<string, OrderId>,
): OrderId | 0 {
  if (command === "CancelAllOrders") return 0;
  for (const event of events) {
    if (command === "CancelOrderList" && event.kind === "OrderListDone")
      return event.listId as number as OrderId;
    if (command === "CancelOrder" && event.kind === "OrderCanceled") return event.orderId;
    if (command === "AmendOrder" && event.kind === "OrderAmended") return event.orderId;
    if (event.kind === "CommandRejected") return names.get(nameOf(account, event.clientOrderId)) ?? 0;
  }
  return 0;
}

function list(account: AccountId, listId: number, name: string): NamedInFork {
  return { kind: "list", account, orderId: listId as OrderId, name };
}
