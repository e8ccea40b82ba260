import type { CommandRejected, Outcome } from "#shared/domain/event.ts";
import type { CommandId, MarketId, OrderId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import type { OrderRow } from "#shared/ports/projections.ts";
import type { OrderChange } from "#shared/read-model/order-folder.ts";
import { ownCommandId } from "#shared/read-model/own-command-id.ts";
import type { ExecutionType, OrderReport } from "./region-view.ts";

/** A change of an order as Binance's execution report tells it; `undefined` for one that the next event tells. */
export function reportOf(change: OrderChange, market: (id: MarketId) => Market): OrderReport | undefined {
  const { index, event, order, trade, isMaker, lastPrevented, isQuiet } = change;
  if (isQuiet === true) return undefined;
  const executionType = executionTypeOf(change);
  if (event.kind !== "Trade" || trade === undefined || isMaker === undefined) {
    return {
      index,
      executionType,
      order,
      ...(lastPrevented === undefined ? {} : { lastPrevented }),
      ...(isMaker === undefined ? {} : { isMaker }),
    };
  }
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
    case "TradePrevented":
      return "TRADE_PREVENTION";
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
  const isOfOrder = event.command === "PlaceOrder" || event.command === "ReplaceOrder";
  if (!isOfOrder || event.market === "") return undefined;
  const order: OrderRow = {
    orderId: event.orderId as OrderId,
    account: event.account,
    market: event.market,
    listId: 0,
    clientOrderId: event.clientOrderId,
    side: "BUY",
    type: "LIMIT",
    timeInForce: "GTC",
    price: 0,
    quantity: 0,
    quoteQuantity: 0,
    stopPrice: 0,
    trailingDelta: 0,
    icebergQuantity: 0,
    goodTillDate: 0,
    executed: 0,
    executedQuote: 0,
    prevented: 0,
    preventedMatchId: 0,
    status: "REJECTED",
    selfTradePrevention: "NONE",
    time: outcome.time,
    updateTime: outcome.time,
    workingTime: 0,
    trailingTime: 0,
    commandId: ownCommandId(outcome) as CommandId,
    seq: outcome.seq,
  };
  return { index, executionType: "REJECTED", order };
}
