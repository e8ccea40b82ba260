import type { OrderAccepted, Outcome, Trade, TradePrevented } from "#shared/domain/event.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import type { OpenOrder, OrderStatus } from "#shared/domain/order.ts";
import type { OrderRow, PreventedMatchRow, TradeRow } from "#shared/ports/projections.ts";
import { ownCommandId } from "./own-command-id.ts";

/** A trade as the Trades table holds it. */
export function tradeRow(event: Trade, outcome: Outcome): TradeRow {
  const { kind: _kind, makerFilled: _maker, takerFilled: _taker, ...fields } = event;
  return { ...fields, branch: outcome.branch, time: outcome.time, seq: outcome.seq };
}

/** A prevented match as its table holds it. */
export function preventedMatchRow(event: TradePrevented, outcome: Outcome): PreventedMatchRow {
  const { kind: _kind, ...fields } = event;
  return { ...fields, time: outcome.time, seq: outcome.seq };
}

/** An order right after it was accepted. */
export function rowOfAccepted(event: OrderAccepted, outcome: Outcome): OrderRow {
  const { kind: _kind, stage, ...terms } = event;
  const { time } = outcome;
  const isTracking = stage === "waiting" && terms.trailingDelta > 0 && terms.stopPrice === 0;
  return {
    ...terms,
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

/** An order as a snapshot of the state holds it; `known` is what its table says besides. */
export function rowOfOpen(
  order: OpenOrder,
  isPending: boolean,
  seq: number,
  known: OrderRow | undefined,
): OrderRow {
  const { visible: _v, priority: _p, extreme, lockPrice: _l, locked: _locked, ...fields } = order;
  let status: OrderStatus = order.executed === 0 ? "NEW" : "PARTIALLY_FILLED";
  if (isPending) status = "PENDING_NEW";
  return {
    ...fields,
    quoteQuantity: 0,
    preventedMatchId: order.prevented === 0 ? 0 : (known?.preventedMatchId ?? 0),
    status,
    updateTime: order.time,
    trailingTime: extreme === 0 ? 0 : known?.trailingTime || order.time,
    commandId: "" as CommandId,
    seq: seq as OrderRow["seq"],
  };
}
