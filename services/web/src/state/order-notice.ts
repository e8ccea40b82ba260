import { averageOf, digitsOf, isZero, readable, trimmed } from "../money/decimal.ts";
import type { Notice, OrderItem, SymbolInfo } from "./types.ts";

/** What the trader is told when an order has changed; `before` is how it stood, if it was known. */
export function orderNotice(
  order: OrderItem,
  before: OrderItem | undefined,
  info: SymbolInfo | undefined,
): { tone: Notice["tone"]; text: string } {
  const base = info?.baseAsset ?? order.symbol;
  const digits = digitsOf(info?.tickSize ?? "0.01");
  const verb = order.side === "BUY" ? "buy" : "sell";
  const terms = isZero(order.price) ? "at the market" : `at ${readable(order.price, digits)}`;
  const wanted = `${verb} ${trimmed(order.quantity)} ${base} ${terms}`;
  const average = averageOf(order.executedQuote, order.executed, digits);
  const done = `${trimmed(order.executed)} ${base} at ${readable(average, digits)}`;
  switch (order.status) {
    case "PENDING_NEW":
      return { tone: "plain", text: `Accepted, waits for its turn: ${wanted}` };
    case "NEW":
      return { tone: "plain", text: `${newWords(order, before)}: ${wanted}` };
    case "PARTIALLY_FILLED":
      return before !== undefined && before.quantity !== order.quantity
        ? { tone: "plain", text: `Changed: ${wanted}` }
        : { tone: "plain", text: `Partly filled: ${done}, of ${trimmed(order.quantity)}` };
    case "FILLED":
      return { tone: "good", text: `Filled: ${order.side === "BUY" ? "bought" : "sold"} ${done}` };
    case "CANCELED":
      return { tone: "plain", text: `Canceled: ${wanted}` };
    case "EXPIRED":
    case "EXPIRED_IN_MATCH":
      return { tone: "plain", text: `Expired: ${wanted}${isZero(order.executed) ? "" : `; filled ${done}`}` };
    default:
      return { tone: "plain", text: `${order.status}: ${wanted}` };
  }
}

/** What a report of status NEW tells: a new order, its turn in a list, its trigger, or a lower quantity. */
function newWords(order: OrderItem, before: OrderItem | undefined): string {
  if (before?.status === "PENDING_NEW") return "Now active";
  if (before?.status === "NEW" && !before.isWorking && order.isWorking) return "Triggered";
  if (before?.status === "NEW" && before.quantity !== order.quantity) return "Changed";
  return order.isWorking ? "Accepted" : "Accepted, waits for its trigger";
}
