import { COMMAND_KINDS, type Command } from "#shared/domain/command.ts";
import { type CommandRejected, REJECT_REASONS, type RejectReason } from "#shared/domain/event.ts";
import type { AccountId, OrderId } from "#shared/domain/ids.ts";
import { WordText } from "../flat/word-text.ts";
import type { EventWriter } from "./event-writer.ts";
import type { ReadCommand } from "./read-command.ts";

const PLACE_ORDER = COMMAND_KINDS.indexOf("PlaceOrder");
const CANCEL_ORDER = COMMAND_KINDS.indexOf("CancelOrder");
const NO_TEXT = WordText.of("");

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

/** Writes the refusal of an order or a cancel as it was read from its record. */
export function writeRejected(
  events: EventWriter,
  { found, account, market, orderId, terms }: ReadCommand,
  reason: RejectReason,
): void {
  const isPlace = found === "PlaceOrder";
  events.commandRejected(
    REJECT_REASONS.indexOf(reason),
    isPlace ? PLACE_ORDER : CANCEL_ORDER,
    account,
    market.text,
    isPlace ? terms.orderId : orderId,
    isPlace ? terms.clientOrderId : NO_TEXT,
  );
}
