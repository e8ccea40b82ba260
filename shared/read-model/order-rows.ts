import type { OrderAccepted, Outcome, Trade, TradePrevented } from "#shared/domain/event.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import type { OpenOrder, OrderStatus } from "#shared/domain/order.ts";
import type { OrderRow, PreventedMatchRow, TradeRow } from "#shared/ports/projections.ts";
import { ownCommandId } from "./own-command-id.ts";

/** A trade as the Trades table holds it. */
export function tradeRow(event: Trade, outcome: Outcome): TradeRow {
  const { market, tradeId, price, quantity, quote, takerSide, makerOrderId, takerOrderId } = event;
  const { makerAccount, takerAccount, makerFee, takerFee } = event;
  const { branch, time, seq } = outcome;
  const orders = { takerSide, makerOrderId, takerOrderId, makerAccount, takerAccount, makerFee, takerFee };
  return { branch, market, tradeId, price, quantity, quote, time, ...orders, seq };
}

/** A prevented match as its table holds it. */
export function preventedMatchRow(event: TradePrevented, outcome: Outcome): PreventedMatchRow {
  const { kind: _kind, ...fields } = event;
  return { ...fields, time: outcome.time, seq: outcome.seq };
}

/** An order right after it was accepted. */
export function rowOfAccepted(event: OrderAccepted, outcome: Outcome): OrderRow {
  const { stage } = event;
  const { time } = outcome;
  const isTracking = stage === "waiting" && event.trailingDelta > 0 && event.stopPrice === 0;
  return {
    ...named(event),
    quoteQuantity: event.quoteQuantity,
    executed: 0,
    executedQuote: 0,
    prevented: 0,
    preventedMatchId: 0,
    status: stage === "pending" ? "PENDING_NEW" : "NEW",
    time,
    updateTime: time,
    workingTime: stage === "working" ? time : 0,
    trailingTime: isTracking ? time : 0,
    commandId: ownCommandId(outcome) as CommandId,
    seq: outcome.seq,
  };
}

/**
 * What an order is, without what became of it. Field by field, for this is done for every order that a fold, a table or a view meets: what is left of an object without some of its fields (`...rest`) is copied by name, several times slower.
 */
function named(order: OrderAccepted | OpenOrder) {
  return {
    orderId: order.orderId,
    account: order.account,
    market: order.market,
    clientOrderId: order.clientOrderId,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    price: order.price,
    quantity: order.quantity,
    stopPrice: order.stopPrice,
    trailingDelta: order.trailingDelta,
    icebergQuantity: order.icebergQuantity,
    goodTillDate: order.goodTillDate,
    listId: order.listId,
    selfTradePrevention: order.selfTradePrevention,
  };
}

/** An order as a snapshot of the state holds it; `known` is what its table says besides. */
export function rowOfOpen(
  order: OpenOrder,
  isPending: boolean,
  seq: number,
  known: OrderRow | undefined,
): OrderRow {
  const { executed, executedQuote, prevented, time, workingTime } = order;
  let status: OrderStatus = executed === 0 ? "NEW" : "PARTIALLY_FILLED";
  if (isPending) status = "PENDING_NEW";
  return {
    ...named(order),
    quoteQuantity: 0,
    executed,
    executedQuote,
    prevented,
    preventedMatchId: prevented === 0 ? 0 : (known?.preventedMatchId ?? 0),
    status,
    time,
    updateTime: time,
    workingTime,
    trailingTime: order.extreme === 0 ? 0 : known?.trailingTime || time,
    commandId: "" as CommandId,
    seq: seq as OrderRow["seq"],
  };
}
