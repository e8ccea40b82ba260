import type { Event } from "#shared/domain/event.ts";

/** What happened, in short words a test can compare; balances and levels are left out. */
export function toldOf(events: readonly Event[]): string[] {
  return events.flatMap((event) => {
    const words = wordsFor(event);
    return words === undefined ? [] : [words];
  });
}

function wordsFor(event: Event): string | undefined {
  switch (event.kind) {
    case "OrderAccepted":
      return `accepted ${event.orderId} ${event.stage}`;
    case "OrderListAccepted":
      return `list ${event.listId} ${event.contingency}`;
    case "OrderListDone":
      return `list ${event.listId} done`;
    case "OrderActivated":
      return `activated ${event.orderId}`;
    case "OrderTriggered":
      return `triggered ${event.orderId}`;
    case "OrderCanceled":
      return `canceled ${event.orderId}`;
    case "OrderExpired":
      return `expired ${event.orderId} ${event.reason}`;
    case "OrderAmended":
      return `amended ${event.orderId} to ${event.quantity}`;
    case "Trade":
      return `trade ${event.takerOrderId} takes ${event.quantity} @ ${event.price} of ${event.makerOrderId}`;
    case "TradePrevented":
      return `prevented ${event.mode} ${event.takerOrderId} (${event.takerPrevented}) and ${event.makerOrderId} (${event.makerPrevented})`;
    case "AuctionUncrossed":
      return `auction ${event.quantity} @ ${event.price}`;
    case "MarketStateChanged":
      return `market ${event.state}`;
    case "CommandRejected":
      return `rejected ${event.command} ${event.reason}`;
    case "CommandRepeated":
      return `repeated ${event.firstSeq}`;
    case "BranchBegan":
      return `${event.provisional ? "fork" : "reign"} of ${event.parent} at ${event.parentSeq}, epoch ${event.epoch}`;
    case "BranchEnded":
      return event.successor === "" ? "sealed" : `ended for ${event.successor}`;
    case "TransferredOut":
      return `sent ${event.amount} ${event.asset} of ${event.account} to ${event.toShard}`;
    case "TransferredIn":
      return `came ${event.amount} ${event.asset} for ${event.account} from ${event.fromShard}`;
    case "ForkCommandReplayed":
      return `${event.result} ${event.n}${event.result === "merged" ? ` with ${event.firstSeq}` : ""}`;
    case "OrdersMerged":
      return `merged orders ${event.orders.map(({ orderId }) => orderId).join(" ")}`;
    case "ForkCommandIgnored":
      return `ignored ${event.n} at ${event.cursor}`;
    case "ForkReplayDone":
      return `replay done ${event.n}${event.last ? ", last" : ""}`;
    case "BalanceChanged":
    case "LevelChanged":
      return undefined;
    default:
      return event.kind;
  }
}
