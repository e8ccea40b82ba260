import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, MarketId, OrderId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import type { OrderRow } from "#shared/ports/projections.ts";
import { OrderFolder } from "#shared/read-model/order-folder.ts";
import { rejectionReport, reportOf } from "../views/order-reports.ts";
import type { OrderReport } from "../views/region-view.ts";

export interface OldReports {
  readonly outcome: Outcome;
  readonly reports: readonly OrderReport[];
}

/**
 * The reports that an account got, or would have got, for old outcomes. Events tell how an order changed and not how it stood, so an order that was
 * accepted before the first outcome is taken as it stands after the last one (`rowAfter`), and the fills in between are undone.
 * `undefined` if an order is not known any more, or was amended in between (the events do not tell from what).
 *
 * @param outcomes every outcome of a range that concerns the account, in order
 * @param rowAfter an order as it stood after that range
 */
export function rebuildReports(
  outcomes: readonly Outcome[],
  account: AccountId,
  rowAfter: (orderId: OrderId, market: MarketId) => OrderRow | undefined,
  market: (id: MarketId) => Market,
): OldReports[] | undefined {
  const before = rowsBefore(outcomes, account, rowAfter);
  if (before === undefined) return undefined;
  const folder = new OrderFolder(undefined);
  for (const row of before) folder.follow(row);
  return outcomes.map((outcome) => {
    const reports = folder.fold(outcome, account).map((change) => reportOf(change, market));
    for (const [index, event] of outcome.events.entries()) {
      if (event.kind !== "CommandRejected" || event.account !== account) continue;
      const report = rejectionReport(event, index, outcome);
      if (report !== undefined) reports.push(report);
    }
    return { outcome, reports };
  });
}

/** True if an outcome tells the account something. */
export function concerns(outcome: Outcome, account: AccountId): boolean {
  return outcome.events.some((event) =>
    event.kind === "Trade"
      ? event.makerAccount === account || event.takerAccount === account
      : "account" in event && event.account === account,
  );
}

/** The account's orders that were open before the outcomes and are touched by them. */
function rowsBefore(
  outcomes: readonly Outcome[],
  account: AccountId,
  rowAfter: (orderId: OrderId, market: MarketId) => OrderRow | undefined,
): OrderRow[] | undefined {
  const rows = new Map<OrderId, OrderRow>();
  const accepted = new Set<OrderId>();
  /** Takes a fill away; false if the order is not known. */
  const undo = (orderId: OrderId, id: MarketId, quantity: number, quote: number): boolean => {
    if (accepted.has(orderId)) return true;
    const row = rows.get(orderId) ?? rowAfter(orderId, id);
    if (row === undefined) return false;
    const executed = row.executed - quantity;
    const executedQuote = row.executedQuote - quote;
    rows.set(orderId, {
      ...row,
      executed,
      executedQuote,
      status: executed === 0 ? "NEW" : "PARTIALLY_FILLED",
    });
    return true;
  };
  for (const { events } of outcomes) {
    for (const event of events) {
      if (event.kind === "Trade") {
        const { market, quantity, quote } = event;
        if (event.makerAccount === account && !undo(event.makerOrderId, market, quantity, quote))
          return undefined;
        if (event.takerAccount === account && !undo(event.takerOrderId, market, quantity, quote))
          return undefined;
      } else if ("account" in event && event.account === account) {
        if (event.kind === "OrderAccepted") accepted.add(event.orderId);
        else if (event.kind === "OrderCanceled" || event.kind === "OrderExpired") {
          if (!undo(event.orderId, event.market, 0, 0)) return undefined;
        } else if (event.kind === "OrderAmended" && !accepted.has(event.orderId)) return undefined;
      }
    }
  }
  return [...rows.values()];
}
