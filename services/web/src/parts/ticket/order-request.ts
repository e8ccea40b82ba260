import { isMarketType } from "#shared/domain/order.ts";
import type { Parameters } from "../../state/api.ts";
import type { OrderRequest } from "../../state/place-order.ts";
import type { SymbolInfo } from "../../state/types.ts";
import { hasPrice, hasTrigger, isTillDate, type LegDraft, mayBeIceberg, timeInForceOf } from "./leg-draft.ts";
import { isByTotal, type LegName, nextQuantity, sideOf, type TicketDraft } from "./ticket-draft.ts";
import { bipsOf } from "./trailing.ts";

/** What the exchange is asked for: each kind has its route, each order of a list its prefix. */
export function orderRequest(draft: TicketDraft, info: SymbolInfo): OrderRequest {
  const { list, legs } = draft;
  const amount = draft.amount.trim();
  const common = { symbol: info.symbol, selfTradePreventionMode: draft.selfTradePrevention };
  const leg = (name: LegName) => legParameters(legs[name], apiPrefix(draft, name));
  const working = { workingSide: draft.side, workingQuantity: amount };
  const pending = { pendingSide: draft.nextSide, pendingQuantity: nextQuantity(draft, info) };
  switch (list) {
    case undefined: {
      const quantity = isByTotal(draft) ? { quoteOrderQty: amount } : { quantity: amount };
      return {
        path: "/api/v3/order",
        parameters: { ...common, side: draft.side, ...quantity, ...leg("first") },
      };
    }
    case "OCO": {
      const parameters = { ...common, side: draft.side, quantity: amount, ...leg("profit"), ...leg("stop") };
      return { path: "/api/v3/orderList/oco", parameters };
    }
    case "OTO": {
      const parameters = { ...common, ...working, ...leg("first"), ...pending, ...leg("next") };
      return { path: "/api/v3/orderList/oto", parameters };
    }
    case "OTOCO": {
      const both = { ...leg("profit"), ...leg("stop") };
      return {
        path: "/api/v3/orderList/otoco",
        parameters: { ...common, ...working, ...leg("first"), ...pending, ...both },
      };
    }
  }
}

/** What the names of an order's parameters begin with. Of two that share their fate, the profit is above for who sells, and the stop for who buys. */
export function apiPrefix(draft: TicketDraft, name: LegName): string {
  if (draft.list === undefined) return "";
  if (name === "first") return "working";
  if (name === "next") return "pending";
  const isAbove = (name === "profit") === (sideOf(draft, name) === "SELL");
  if (draft.list === "OCO") return isAbove ? "above" : "below";
  return isAbove ? "pendingAbove" : "pendingBelow";
}

/** `abovePrice` of "above" and "price". */
function prefixed(prefix: string, name: string): string {
  return prefix === "" ? name : prefix + name.charAt(0).toUpperCase() + name.slice(1);
}

function legParameters(leg: LegDraft, prefix: string): Parameters {
  const text = (value: string, isSent: boolean) => (isSent && value.trim() !== "" ? value.trim() : undefined);
  const timeInForce = timeInForceOf(leg);
  // A post-only order rests by itself: only the date is worth telling.
  const isTold = !isMarketType(leg.type) && (leg.type !== "LIMIT_MAKER" || timeInForce === "GTD");
  const own: Parameters = {
    type: leg.type,
    timeInForce: isTold ? timeInForce : undefined,
    price: text(leg.price, hasPrice(leg)),
    stopPrice: text(leg.stopPrice, hasTrigger(leg)),
    trailingDelta: hasTrigger(leg) ? bipsOf(leg.trailing) : undefined,
    icebergQty: text(leg.iceberg, mayBeIceberg(leg)),
    goodTillDate: isTillDate(leg) ? new Date(leg.goodTill).getTime() : undefined,
  };
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [prefixed(prefix, name), value]));
}
