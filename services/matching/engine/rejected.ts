import type { Command } from "#shared/domain/command.ts";
import type { CommandRejected, RejectReason } from "#shared/domain/event.ts";
import type { AccountId, OrderId } from "#shared/domain/ids.ts";

/** The report of a refused command: what it was and what it named, as far as it named anything. */
export function rejected(command: Command, reason: RejectReason): CommandRejected {
  return {
    kind: "CommandRejected",
    reason,
    command: command.kind,
    account: "account" in command ? command.account : (0 as AccountId),
    market: "market" in command && typeof command.market === "string" ? command.market : "",
    orderId: orderIdOf(command),
    clientOrderId: clientOrderIdOf(command),
  };
}

function orderIdOf(command: Command): OrderId | 0 {
  if (command.kind === "ReplaceOrder") return command.order.orderId;
  if ("listId" in command) return command.listId as number as OrderId;
  return "orderId" in command ? command.orderId : 0;
}

function clientOrderIdOf(command: Command): string {
  if (command.kind === "ReplaceOrder") return command.order.clientOrderId;
  if ("listClientOrderId" in command) return command.listClientOrderId;
  if ("clientOrderId" in command) return command.clientOrderId;
  return "origClientOrderId" in command ? command.origClientOrderId : "";
}
