import type { Event } from "#shared/domain/event.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import type { EventName } from "#shared/protocol/bus/event-name.ts";

/** What a client can be told of. */
export const NOTICE_KINDS = [
  "match",
  "no-match",
  "order-ended",
  "order-changed",
  "refused",
  "funds",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What one account is told: integers as in the domain (ticks, lots, smallest units), and only its own side of a trade. */
export interface NoticeContent {
  readonly id: EventName;
  readonly kind: NoticeKind;
  readonly account: AccountId;
  /** Epoch ms of the shard's time. */
  readonly time: number;
  /** False: it happened in a Region that is cut off, and may be undone. */
  readonly final: boolean;
  readonly event: object;
}

/** Whom an event concerns, and what each of them is told. */
export function noticesOf(message: BusMessage): NoticeContent[] {
  const { name, time, isFinal, event, topic } = message;
  const notice = (kind: NoticeKind, account: AccountId, content: object = event): NoticeContent => ({
    id: name,
    kind,
    account,
    time,
    final: isFinal,
    event: content,
  });
  switch (event.kind) {
    case "Trade":
      return sidesOf(event).map(([account, side]) => notice("match", account, side));
    case "OrderAccepted":
      // What was filled or ended at once is told of by those events.
      return topic === "unmatched" ? [notice("no-match", event.account)] : [];
    case "OrderTriggered":
    case "OrderAmended":
      return [notice("order-changed", event.account)];
    case "OrderCanceled":
    case "OrderExpired":
      return [notice("order-ended", event.account)];
    case "CommandRejected":
      return event.account === 0 ? [] : [notice("refused", event.account)];
    case "Deposited":
    case "Withdrawn":
      return [notice("funds", event.account)];
    default:
      return [];
  }
}

/** Each account's own side; an account that met itself hears once, of its taker. */
function sidesOf(trade: Extract<Event, { kind: "Trade" }>): [AccountId, object][] {
  const { kind, market, tradeId, price, quantity, quote, takerSide } = trade;
  const shared = { kind, market, tradeId, price, quantity, quote };
  const sides = new Map<AccountId, object>();
  sides.set(trade.makerAccount, {
    ...shared,
    orderId: trade.makerOrderId,
    side: takerSide === "BUY" ? "SELL" : "BUY",
    isMaker: true,
    fee: trade.makerFee,
    filled: trade.makerFilled,
  });
  sides.set(trade.takerAccount, {
    ...shared,
    orderId: trade.takerOrderId,
    side: takerSide,
    isMaker: false,
    fee: trade.takerFee,
    filled: trade.takerFilled,
  });
  return [...sides];
}
