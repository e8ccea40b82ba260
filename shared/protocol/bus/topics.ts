import type { Event, Outcome } from "#shared/domain/event.ts";
import type { OrderId } from "#shared/domain/ids.ts";

/** Topics of the bus: what met, what waits, and all else that came of a command. */
export const TOPICS = ["matched", "unmatched", "other"] as const;
export type Topic = (typeof TOPICS)[number];

type Rule = Topic | "none" | "by-order";

/**
 * Which event goes where.
 *
 * - `matched`: two orders met.
 * - `unmatched`: an order, or what is left of it, waits: in the book, for its trigger, or for another order. It is in no queue that somebody must put it back into.
 * - `other`: an order ended without meeting (more), a command was refused, funds moved, a market or a branch changed.
 * - `none`: not on the bus. Levels and balances are the state after a command, for displays, which get them from the fold; a repeated command has had its effect.
 * - `by-order`: an order was taken up, or came to work. What became of it within the same command decides: see {@link topicOf}.
 */
const RULES: Readonly<Record<Event["kind"], Rule>> = {
  Trade: "matched",
  AuctionUncrossed: "matched",
  OrderAccepted: "by-order",
  OrderActivated: "by-order",
  OrderTriggered: "by-order",
  OrderAmended: "unmatched",
  OrderListAccepted: "unmatched",
  OrderListDone: "other",
  OrderCanceled: "other",
  OrderExpired: "other",
  CommandRejected: "other",
  TradePrevented: "other",
  MarketStateChanged: "other",
  MarketDefined: "other",
  AssetDefined: "other",
  Deposited: "other",
  Withdrawn: "other",
  TransferredOut: "other",
  TransferredIn: "other",
  TransferEnded: "other",
  BranchBegan: "other",
  BranchEnded: "other",
  ForkCommandReplayed: "other",
  ForkReplayDone: "other",
  OrdersMerged: "other",
  Misdirected: "other",
  Undecodable: "other",
  BalanceChanged: "none",
  LevelChanged: "none",
  CommandRepeated: "none",
  ForkCommandIgnored: "none",
};

/**
 * The topic of an event of an outcome; `undefined` for what is not on the bus. An order that was taken up and still stands behind the command is `unmatched`, one that was filled at once is `matched`, and one
 * that ended at once otherwise is `other`. Fills of an order that goes on waiting are `matched` by themselves.
 */
export function topicOf(event: Event, outcome: Outcome): Topic | undefined {
  const rule = RULES[event.kind];
  if (rule === "none") return undefined;
  if (rule !== "by-order") return rule;
  const { orderId } = event as Extract<Event, { readonly orderId: OrderId }>;
  return fateOf(orderId, outcome);
}

function fateOf(orderId: OrderId, { events }: Outcome): Topic {
  for (const event of events) {
    if (event.kind === "Trade") {
      if (event.makerOrderId === orderId && event.makerFilled) return "matched";
      if (event.takerOrderId === orderId && event.takerFilled) return "matched";
    }
    const hasEnded = event.kind === "OrderExpired" || event.kind === "OrderCanceled";
    if (hasEnded && event.orderId === orderId) return "other";
  }
  return "unmatched";
}

/** The topics to which events of a kind may go; none for a kind that is not on the bus. */
export function topicsOf(kind: Event["kind"]): readonly Topic[] {
  const rule = RULES[kind];
  if (rule === "none") return [];
  return rule === "by-order" ? TOPICS : [rule];
}
