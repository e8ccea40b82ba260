import type { Outcome } from "#shared/domain/event.ts";
import type { MarketId } from "#shared/domain/ids.ts";
import type { TradeMessage } from "#shared/protocol/socket.ts";
import { tradeRow } from "#shared/read-model/order-rows.ts";
import type { WireMessages } from "./wire-messages.ts";

/** The trades of one market in an outcome. */
export function tradeMessages(
  outcome: Outcome,
  market: MarketId,
  previousSeq: number | null,
  wire: WireMessages,
): TradeMessage[] {
  const messages: TradeMessage[] = [];
  for (const [index, event] of outcome.events.entries()) {
    if (event.kind !== "Trade" || event.market !== market) continue;
    messages.push(wire.trade(tradeRow(event, outcome), wire.place(outcome, index, previousSeq)));
  }
  return messages;
}
