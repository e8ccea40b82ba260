import type { MarketStatus } from "#shared/protocol/socket.ts";
import { timeInForceOf } from "./leg-draft.ts";
import { isMarket, isPending, legNames, type TicketDraft } from "./ticket-draft.ts";

/** What the market takes now, in words; nothing while it trades as usual. docs/orders.md, Market states. */
export function marketWords(status: MarketStatus): string | undefined {
  switch (status) {
    case "TRADING":
      return undefined;
    case "HALT":
      return "Trading is halted: nothing can be placed, changed or canceled until it goes on.";
    case "CANCEL_ONLY":
      return "Open orders can be canceled; nothing can be placed or changed.";
    case "BREAK":
      return "Orders collect for an auction at one price. Limit, post only, stops and lists are taken; market orders, IOC and FOK are not.";
  }
}

/** True if the market would refuse the ticket as it stands. */
export function isShut(draft: TicketDraft, status: MarketStatus): boolean {
  if (status === "TRADING") return false;
  if (status !== "BREAK" || isMarket(draft)) return true;
  return legNames(draft)
    .filter((name) => !isPending(draft, name))
    .map((name) => draft.legs[name])
    .some((leg) => leg.type === "LIMIT" && ["IOC", "FOK"].includes(timeInForceOf(leg)));
}
