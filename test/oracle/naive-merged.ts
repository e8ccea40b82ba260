import type { Command } from "#shared/domain/command.ts";
import type { Event } from "#shared/domain/event.ts";
import type { CommandId } from "#shared/domain/ids.ts";

/** Which ids a command that had been folded before would have given its orders. */
export function mergedOrders(command: Command, commandId: CommandId): Event[] {
  const isPlacing = command.kind === "PlaceOrder" || command.kind === "ReplaceOrder";
  if (!isPlacing && command.kind !== "PlaceOrderList") return [];
  const { account, market } = command;
  const list = command.kind === "PlaceOrderList" ? command : { listId: 0 as const, listClientOrderId: "" };
  let placed = command.kind === "PlaceOrderList" ? command.orders : [];
  if (command.kind === "PlaceOrder") placed = [command];
  if (command.kind === "ReplaceOrder") placed = [command.order];
  return [
    {
      kind: "OrdersMerged",
      commandId,
      account,
      market,
      listId: list.listId,
      listClientOrderId: list.listClientOrderId,
      orders: placed.map(({ orderId, clientOrderId }) => ({ orderId, clientOrderId })),
    },
  ];
}
