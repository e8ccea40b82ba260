import type { CommandRejected, Outcome } from "#shared/domain/event.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import type { OrderRow, TradeRow } from "#shared/ports/projections.ts";
import { EXPIRED_STATUS, tradeRow } from "./order-folder.ts";

/** What one outcome did to the order that it was about. */
export interface OrderResult {
  /** The order right after the outcome, whatever happened to it since. */
  readonly order: OrderRow;
  readonly fills: readonly TradeRow[];
}

/** The refusal in an outcome, if the command was refused. */
export function rejectionOf(outcome: Outcome): CommandRejected | undefined {
  return outcome.events.find((event) => event.kind === "CommandRejected");
}

/** What became of a placed order within its outcome; `undefined` if the outcome accepted no order. */
export function placedOrder(outcome: Outcome): OrderResult | undefined {
  const accepted = outcome.events.find((event) => event.kind === "OrderAccepted");
  if (accepted === undefined) return undefined;
  const { kind: _kind, ...terms } = accepted;
  const fills: TradeRow[] = [];
  let [executed, executedQuote] = [0, 0];
  let status: OrderRow["status"] = "NEW";
  for (const event of outcome.events) {
    if (event.kind === "Trade") {
      fills.push(tradeRow(event, outcome));
      executed += event.quantity;
      executedQuote += event.quote;
      status = event.takerFilled ? "FILLED" : "PARTIALLY_FILLED";
    } else if (event.kind === "OrderExpired" && event.orderId === accepted.orderId) {
      status = EXPIRED_STATUS[event.reason];
    }
  }
  const { time, seq } = outcome;
  const commandId = outcome.commandId as CommandId;
  return {
    order: { ...terms, executed, executedQuote, status, time, updateTime: time, commandId, seq },
    fills,
  };
}
