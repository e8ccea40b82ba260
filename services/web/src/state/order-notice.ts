import { averageOf, digitsOf, isZero, readable, trimmed } from "../money/decimal.ts";
import type { Notice, OrderItem, SymbolInfo } from "./types.ts";

/** What the trader is told when an order's status has changed. */
export function orderNotice(
  order: OrderItem,
  info: SymbolInfo | undefined,
): { tone: Notice["tone"]; text: string } {
  const base = info?.baseAsset ?? order.symbol;
  const digits = digitsOf(info?.tickSize ?? "0.01");
  const verb = order.side === "BUY" ? "buy" : "sell";
  const terms = order.type === "MARKET" ? "at the market" : `at ${readable(order.price, digits)}`;
  const wanted = `${verb} ${trimmed(order.quantity)} ${base} ${terms}`;
  const average = averageOf(order.executedQuote, order.executed, digits);
  const done = `${trimmed(order.executed)} ${base} at ${readable(average, digits)}`;
  switch (order.status) {
    case "NEW":
      return { tone: "plain", text: `Accepted: ${wanted}` };
    case "PARTIALLY_FILLED":
      return { tone: "plain", text: `Partly filled: ${done}, of ${trimmed(order.quantity)}` };
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
