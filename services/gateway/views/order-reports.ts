import type { CommandRejected, Outcome } from "#shared/domain/event.ts";
import type { CommandId, MarketId, OrderId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import type { OrderRow } from "#shared/ports/projections.ts";
import type { OrderChange } from "#shared/read-model/order-folder.ts";
import type { ExecutionType, OrderReport } from "./region-view.ts";

/** A change of an order as Binance's execution report tells it. */
export function reportOf(change: OrderChange, market: (id: MarketId) => Market): OrderReport {
  const { index, event, order, trade, isMaker } = change;
  const executionType = executionTypeOf(change);
  if (event.kind !== "Trade" || trade === undefined || isMaker === undefined)
    return { index, executionType, order };
  const fee = isMaker ? trade.makerFee : trade.takerFee;
  const { base, quote } = market(order.market);
  return {
    index,
    executionType,
    order,
    fill: { trade, isMaker, fee, feeAsset: order.side === "BUY" ? base : quote },
  };
}

function executionTypeOf({ event }: OrderChange): ExecutionType {
  switch (event.kind) {
    case "Trade":
      return "TRADE";
    case "OrderCanceled":
      return "CANCELED";
    case "OrderExpired":
      return event.reason === "self-trade" ? "TRADE_PREVENTION" : "EXPIRED";
    case "OrderAmended":
      return "REPLACED";
    default:
      return "NEW";
  }
}

/** The report of an order that the engine refused: it never was in the book, so only what names it is known. */
export function rejectionReport(
  event: CommandRejected,
  index: number,
  outcome: Outcome,
): OrderReport | undefined {
  if (event.command !== "PlaceOrder" || event.market === "") return undefined;
  const order: OrderRow = {
    orderId: event.orderId as OrderId,
    account: event.account,
    market: event.market,
    clientOrderId: event.clientOrderId,
    side: "BUY",
    type: "LIMIT",
    timeInForce: "GTC",
    price: 0,
    quantity: 0,
    quoteQuantity: 0,
    executed: 0,
    executedQuote: 0,
    status: "REJECTED",
    selfTradePrevention: "NONE",
    time: outcome.time,
    updateTime: outcome.time,
    commandId: outcome.commandId as CommandId,
    seq: outcome.seq,
  };
  return { index, executionType: "REJECTED", order };
}
