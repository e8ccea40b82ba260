import type { Command } from "#shared/domain/command.ts";
import type { CommandRejected, RejectReason } from "#shared/domain/event.ts";
import type { AccountId } from "#shared/domain/ids.ts";

/** The event that tells a refusal; it names what the command names. */
export function rejectionOf(command: Command, reason: RejectReason): CommandRejected {
  return {
    kind: "CommandRejected",
    reason,
    command: command.kind,
    account: "account" in command ? command.account : (0 as AccountId),
    market: "market" in command && command.kind !== "DefineMarket" ? command.market : "",
    ...idsOf(command),
  };
}

function idsOf(command: Command): Pick<CommandRejected, "orderId" | "clientOrderId"> {
  switch (command.kind) {
    case "PlaceOrder":
      return { orderId: command.orderId, clientOrderId: command.clientOrderId };
    case "ReplaceOrder":
      return { orderId: command.order.orderId, clientOrderId: command.order.clientOrderId };
    case "PlaceOrderList":
    case "CancelOrderList":
      return {
        orderId: Number(command.listId) as CommandRejected["orderId"],
        clientOrderId: command.listClientOrderId,
      };
    case "CancelOrder":
    case "AmendOrder":
      return { orderId: command.orderId, clientOrderId: command.origClientOrderId };
    default:
      return { orderId: 0, clientOrderId: "" };
  }
}
