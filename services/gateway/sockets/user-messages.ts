import type { AccountId } from "#shared/domain/ids.ts";
import { ERROR_OF_REASON } from "#shared/protocol/errors.ts";
import type {
  BalanceMessage,
  ExecutionReport,
  ListStatusMessage,
  OrdersMergedMessage,
} from "#shared/protocol/socket.ts";
import type { OrderReport, ViewUpdate } from "../views/region-view.ts";
import type { WireMessages } from "./wire-messages.ts";

/** One message of a user's feed. */
export type UserMessage =
  | { readonly event: "executionReport"; readonly message: ExecutionReport }
  | { readonly event: "listStatus"; readonly message: ListStatusMessage }
  | { readonly event: "ordersMerged"; readonly message: OrdersMergedMessage }
  | { readonly event: "balance"; readonly message: BalanceMessage };

/** What one update tells an account, by rising index; all with the same `previousSeq`. */
export function userMessages(
  { outcome, reports, lists }: Pick<ViewUpdate, "outcome" | "reports" | "lists">,
  account: AccountId,
  previousSeq: number | null,
  wire: WireMessages,
): UserMessage[] {
  const messages: UserMessage[] = [];
  for (const report of reports) {
    if (report.order.account !== account) continue;
    const place = wire.place(outcome, placeIndex(report), previousSeq);
    const event = outcome.events[report.index];
    const reason = event?.kind === "CommandRejected" ? ERROR_OF_REASON[event.reason] : "NONE";
    messages.push({ event: "executionReport", message: wire.executionReport(report, reason, place) });
  }
  for (const { index, list } of lists) {
    if (list.account !== account) continue;
    const place = wire.place(outcome, 2 * index, previousSeq);
    messages.push({ event: "listStatus", message: wire.listStatus(list, place) });
  }
  // Reports of orders and lists come in the order of their events; balances are the last events.
  messages.sort((a, b) => a.message.index - b.message.index);
  for (const [index, event] of outcome.events.entries()) {
    if (event.kind !== "OrdersMerged" || event.account !== account) continue;
    const place = wire.place(outcome, 2 * index, previousSeq);
    messages.push({ event: "ordersMerged", message: wire.ordersMerged(event, outcome.time, place) });
  }
  for (const [index, event] of outcome.events.entries()) {
    if (event.kind !== "BalanceChanged" || event.account !== account) continue;
    const place = wire.place(outcome, 2 * index, previousSeq);
    messages.push({ event: "balance", message: wire.balance(event, outcome.time, place) });
  }
  return messages;
}

/** Every account that an update tells something. */
export function accountsOf({ outcome, reports, lists }: ViewUpdate): Set<AccountId> {
  const accounts = new Set(reports.map(({ order }) => order.account));
  for (const { list } of lists) accounts.add(list.account);
  for (const event of outcome.events) {
    if (event.kind === "BalanceChanged" || event.kind === "OrdersMerged") accounts.add(event.account);
  }
  return accounts;
}

/** An account that meets itself gets two reports of one event: the maker's first. */
function placeIndex({ index, fill, isMaker = true }: OrderReport): number {
  return 2 * index + ((fill?.isMaker ?? isMaker) ? 0 : 1);
}
