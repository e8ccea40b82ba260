import type { ReplayableCommand } from "#shared/domain/command.ts";
import type { OrderId, OrderListId } from "#shared/domain/ids.ts";
import type { ForkEntry } from "./fork-record.ts";

/** How clients themselves name the orders and lists that a fork accepted. */
export interface ClientNames {
  readonly orders: ReadonlyMap<OrderId | 0, string>;
  readonly lists: ReadonlyMap<OrderListId | 0, string>;
}

export function clientNames(entries: readonly ForkEntry[]): ClientNames {
  const orders = new Map<OrderId | 0, string>();
  const lists = new Map<OrderListId | 0, string>();
  for (const { events } of entries) {
    for (const event of events) {
      if (event.kind === "OrderAccepted") orders.set(event.orderId, event.clientOrderId);
      else if (event.kind === "OrderListAccepted") lists.set(event.listId, event.listClientOrderId);
    }
  }
  return { orders, lists };
}

/**
 * A command that names an order of its own fork by id names it by its client order id instead, which an account uses once in 24 h: so it finds the order also where that was merged with one
 * that the client had sent another way, and stands on the canonical log under another id.
 */
export function namedByClient(command: ReplayableCommand, { orders, lists }: ClientNames): ReplayableCommand {
  switch (command.kind) {
    case "CancelOrder":
    case "AmendOrder": {
      const name = orders.get(command.orderId);
      return name === undefined ? command : { ...command, orderId: 0, origClientOrderId: name };
    }
    case "ReplaceOrder": {
      const name = orders.get(command.cancelOrderId);
      return name === undefined ? command : { ...command, cancelOrderId: 0, cancelOrigClientOrderId: name };
    }
    case "CancelOrderList": {
      const name = lists.get(command.listId);
      return name === undefined ? command : { ...command, listId: 0, listClientOrderId: name };
    }
    default:
      return command;
  }
}
