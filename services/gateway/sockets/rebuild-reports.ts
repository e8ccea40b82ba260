import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, MarketId, OrderListId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import type { OrderListRow, OrderRow } from "#shared/ports/projections.ts";
import { OrderFolder } from "#shared/read-model/order-folder.ts";
import { type OrderListChange, OrderListFolder } from "#shared/read-model/order-list-folder.ts";
import { rejectionReport, reportOf } from "../views/order-reports.ts";
import type { OrderReport } from "../views/region-view.ts";
import { OrdersBefore } from "./orders-before.ts";
import type { RowsAfter } from "./rows-after.ts";

export interface OldReports {
  readonly outcome: Outcome;
  readonly reports: readonly OrderReport[];
  readonly lists: readonly OrderListChange[];
}

/**
 * The reports that an account got, or would have got, for old outcomes. Events tell how an order changed and not how it stood, so an order that was
 * accepted before the first outcome is taken as it stands after the last one (`after`), and what was done to it in between is undone.
 * `undefined` if an order is not known any more, or was amended in between (the events do not tell from what).
 *
 * @param outcomes every outcome of a range that concerns the account, in order
 */
export function rebuildReports(
  outcomes: readonly Outcome[],
  account: AccountId,
  after: RowsAfter,
  market: (id: MarketId) => Market,
): OldReports[] | undefined {
  const before = rowsBefore(outcomes, account, after);
  const listsBefore = openListsBefore(outcomes, account, after);
  if (before === undefined || listsBefore === undefined) return undefined;
  const folder = new OrderFolder(undefined);
  for (const row of before) folder.follow(row);
  const listFolder = new OrderListFolder(undefined);
  for (const list of listsBefore) listFolder.follow(list);
  return outcomes.map((outcome) => {
    const reports = folder.fold(outcome, account).flatMap((change) => reportOf(change, market) ?? []);
    for (const [index, event] of outcome.events.entries()) {
      if (event.kind !== "CommandRejected" || event.account !== account) continue;
      const report = rejectionReport(event, index, outcome);
      if (report !== undefined) reports.push(report);
    }
    return { outcome, reports, lists: listFolder.fold(outcome, account) };
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
  after: RowsAfter,
): readonly OrderRow[] | undefined {
  const orders = new OrdersBefore(after);
  const isKnown = outcomes.every(({ events }) => events.every((event) => orders.undo(event, account)));
  return isKnown ? orders.rows() : undefined;
}

/** The account's lists that were accepted before the outcomes and end in them. */
function openListsBefore(
  outcomes: readonly Outcome[],
  account: AccountId,
  after: RowsAfter,
): readonly OrderListRow[] | undefined {
  const accepted = new Set<OrderListId>();
  const lists: OrderListRow[] = [];
  for (const { events } of outcomes) {
    for (const event of events) {
      if (event.kind === "OrderListAccepted") accepted.add(event.listId);
      if (event.kind !== "OrderListDone" || event.account !== account || accepted.has(event.listId)) continue;
      const list = after.list(event.listId);
      if (list === undefined) return undefined;
      lists.push(list);
    }
  }
  return lists;
}
