import type { Command } from "#shared/domain/command.ts";
import type { MergedOrder, OrdersMerged } from "#shared/domain/event.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import type { OrderTerms } from "#shared/domain/order.ts";
import type { Shard } from "./shard.ts";

/** Tells of the orders of a command whose id was folded before: they are there, if at all, under the ids that they had then. */
export function tellMerged(
  { events }: Shard,
  { command, commandId }: { readonly command: Command; readonly commandId: CommandId },
): void {
  const event = ordersMerged(command, commandId);
  if (event !== undefined) events.event(event);
}

/** `undefined` of a command that brings no orders. */
function ordersMerged(command: Command, commandId: CommandId): OrdersMerged | undefined {
  switch (command.kind) {
    case "PlaceOrder":
      return merged(command, commandId, [command]);
    case "ReplaceOrder":
      return merged(command, commandId, [command.order]);
    case "PlaceOrderList": {
      const { listId, listClientOrderId, orders } = command;
      return { ...merged(command, commandId, orders), listId, listClientOrderId };
    }
    default:
      return undefined;
  }
}

function merged(
  { account, market }: Pick<OrdersMerged, "account" | "market">,
  commandId: CommandId,
  orders: readonly OrderTerms[],
): OrdersMerged {
  const names = orders.map(({ orderId, clientOrderId }): MergedOrder => ({ orderId, clientOrderId }));
  return {
    kind: "OrdersMerged",
    commandId,
    account,
    market,
    listId: 0,
    listClientOrderId: "",
    orders: names,
  };
}
