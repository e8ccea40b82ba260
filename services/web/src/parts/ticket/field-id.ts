import { apiPrefix } from "./order-request.ts";
import { isPending, type LegName, legNames, type TicketDraft } from "./ticket-draft.ts";

export type LegField = "price" | "stop-price" | "trailing" | "iceberg" | "good-till" | "time-in-force";

/** The quantity's field: of the first order, and of those that follow it. */
export const QUANTITY_ID = "quantity";
export const NEXT_QUANTITY_ID = "next-quantity";
export const SELF_TRADE_ID = "self-trade";

/** The id of an order's field on the page. */
export function fieldId(name: LegName, field: LegField): string {
  return name === "first" ? field : `${name}-leg-${field}`;
}

export function quantityId(draft: TicketDraft, name: LegName): string {
  return isPending(draft, name) ? NEXT_QUANTITY_ID : QUANTITY_ID;
}

const FIELD_OF_PARAMETER: Readonly<Record<string, LegField>> = {
  price: "price",
  stopPrice: "stop-price",
  trailingDelta: "trailing",
  icebergQty: "iceberg",
  goodTillDate: "good-till",
  timeInForce: "time-in-force",
};

/** The field that shows a parameter of the exchange, such as `pendingBelowStopPrice`; `undefined` for one that no field shows. */
export function fieldOfParameter(draft: TicketDraft, parameter: string | undefined): string | undefined {
  if (parameter === undefined) return undefined;
  if (parameter === "selfTradePreventionMode") return SELF_TRADE_ID;
  if (parameter === "pendingQuantity") return NEXT_QUANTITY_ID;
  if (parameter === "quoteOrderQty" || /^(working)?quantity$/i.test(parameter)) return QUANTITY_ID;
  for (const name of legNames(draft)) {
    const prefix = apiPrefix(draft, name);
    if (!parameter.startsWith(prefix)) continue;
    const own = parameter.slice(prefix.length);
    const field = FIELD_OF_PARAMETER[own.charAt(0).toLowerCase() + own.slice(1)];
    if (field !== undefined) return fieldId(name, field);
  }
  return undefined;
}
