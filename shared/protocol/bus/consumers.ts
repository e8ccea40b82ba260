import type { Event } from "#shared/domain/event.ts";
import { type Topic, topicsOf } from "./topics.ts";

/** Who hears of events over the bus; each has a queue of its own. */
export const CONSUMERS = ["projector", "ledger", "notifier", "reconciliation"] as const;
export type Consumer = (typeof CONSUMERS)[number];

type Kind = Event["kind"];

/** Of orders and trades: what their tables are made of, with the other ids of orders that were placed twice. */
const ORDER_KINDS: readonly Kind[] = [
  "OrderAccepted",
  "OrderListAccepted",
  "OrderListDone",
  "OrderActivated",
  "OrderTriggered",
  "OrderAmended",
  "OrderCanceled",
  "OrderExpired",
  "Trade",
  "TradePrevented",
  "OrdersMerged",
];

/** Which kinds of events each consumer hears of: the filter of its subscriptions. */
export const CONSUMER_KINDS: Readonly<Record<Consumer, readonly Kind[]>> = {
  projector: ORDER_KINDS,
  /** Whatever moves funds, and the end of a fork, with which its entries are reversed. */
  ledger: ["Trade", "Deposited", "Withdrawn", "TransferredOut", "TransferredIn", "ForkReplayDone"],
  /** Whatever a client may want to be told of its orders and funds. */
  notifier: [
    "OrderAccepted",
    "OrderTriggered",
    "OrderAmended",
    "OrderCanceled",
    "OrderExpired",
    "Trade",
    "CommandRejected",
    "Deposited",
    "Withdrawn",
  ],
  reconciliation: ["BranchBegan", "BranchEnded", "ForkCommandReplayed", "ForkReplayDone", "Misdirected"],
};

/** True if a consumer hears of a kind of event. */
export function hears(consumer: Consumer, kind: Kind): boolean {
  return CONSUMER_KINDS[consumer].includes(kind);
}

/** What a consumer hears of on a topic; nothing where it needs no subscription to it. */
export function kindsOf(consumer: Consumer, topic: Topic): readonly Kind[] {
  return CONSUMER_KINDS[consumer].filter((kind) => topicsOf(kind).includes(topic));
}
