import { type Side, triggersUpward } from "#shared/domain/order.ts";
import { digitsOf, readable, unitsOf } from "../../money/decimal.ts";
import type { SymbolInfo } from "../../state/types.ts";
import { hasPrice, hasTrigger, type LegDraft } from "./leg-draft.ts";
import { kindOf, type TicketDraft } from "./ticket-draft.ts";
import { bipsOf, percentOf, trailingPrice } from "./trailing.ts";

/** In one plain line, what will happen; nothing for the kinds that everybody knows. */
export function explanationOf(draft: TicketDraft, info: SymbolInfo): string | undefined {
  switch (kindOf(draft)) {
    case "OCO":
      return "One cancels the other: both wait, and as soon as one trades or triggers, the other ends.";
    case "OTO":
      return "One triggers the other: the second order waits until the first is filled whole, then it is placed.";
    case "OTOCO":
      return "When the first order is filled whole, a profit and a stop are placed; as soon as one of them trades or triggers, the other ends.";
    case "STOP":
    case "TAKE_PROFIT":
      return triggerWords(draft.legs.first, draft.side, info);
    default:
      return undefined;
  }
}

/** What a stop or take profit order waits for, and what it does then. */
export function triggerWords(leg: LegDraft, side: Side, info: SymbolInfo): string | undefined {
  if (!hasTrigger(leg)) return undefined;
  const priceText = (text: string) =>
    unitsOf(text) === undefined ? "…" : readable(text, digitsOf(info.tickSize));
  const way = triggersUpward(leg.type, side) ? "rises" : "falls";
  const verb = side === "BUY" ? "buys" : "sells";
  const then = hasPrice(leg) ? `${verb} at ${priceText(leg.price)} or better` : `${verb} at the market`;
  const bips = bipsOf(leg.trailing) ?? 0;
  if (bips === 0) return `Waits until the price ${way} to ${priceText(leg.stopPrice)}, then ${then}.`;
  const turn =
    side === "SELL"
      ? `falls ${percentOf(bips)} % from its highest`
      : `rises ${percentOf(bips)} % from its lowest`;
  const start = leg.stopPrice.trim() === "" ? "Follows" : `From ${priceText(leg.stopPrice)} on, follows`;
  return `${start} the price; when it ${turn}, ${then}.`;
}

/** Where a trailing order would be triggered now: `undefined` while it does not trail, or nothing was traded. */
export function trailingHint(
  leg: LegDraft,
  side: Side,
  info: SymbolInfo,
  last: string | undefined,
): string | undefined {
  const bips = bipsOf(leg.trailing) ?? 0;
  const from = leg.stopPrice.trim() === "" ? (last ?? "") : leg.stopPrice;
  const price = bips === 0 ? "" : trailingPrice(from, bips, side, info.tickSize);
  if (price === "") return undefined;
  const moment = leg.stopPrice.trim() === "" ? "Now" : "At first";
  return `${moment} that is ${readable(price, digitsOf(info.tickSize))} ${info.quoteAsset}.`;
}
