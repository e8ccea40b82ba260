import { readable, textOf, trimmed, unitsOf } from "../../money/decimal.ts";
import type { ApiFailure } from "../../state/api.ts";
import type { SymbolInfo } from "../../state/types.ts";
import { isByTotal, isMarket, spentAsset, type TicketDraft } from "./ticket-draft.ts";

/** Why an order was not taken, in the trader's words. */
export interface Refusal {
  /** The field that it concerns. */
  readonly field: "price" | "amount" | undefined;
  readonly text: string;
  /** The exchange's own words and code; none for what the page itself noticed. */
  readonly detail?: string;
}

/** What is not worth sending: a field that holds no number. What the numbers must be is the exchange's to say. */
export function refusalOfDraft(draft: TicketDraft): Refusal | undefined {
  if (!isMarket(draft)) {
    const text = numberProblem(draft.price, "a price", "64000.50");
    if (text !== undefined) return { field: "price", text };
  }
  const what = isByTotal(draft) ? "a total" : "a quantity";
  const text = numberProblem(draft.amount, what, "0.25");
  return text === undefined ? undefined : { field: "amount", text };
}

function numberProblem(text: string, what: string, example: string): string | undefined {
  if (text.trim() === "") return `Enter ${what}.`;
  const units = unitsOf(text);
  if (units === undefined) return `Enter ${what} as a number such as ${example}, with a point and no commas.`;
  return units === 0n ? `Enter ${what} above zero.` : undefined;
}

/** The exchange's refusal of an order; `free` is what the account has of the asset that it pays with, 10^-8 units. */
export function refusalOf(failure: ApiFailure, draft: TicketDraft, info: SymbolInfo, free: bigint): Refusal {
  const detail = failure.code === 0 ? undefined : `${failure.message} (${failure.code})`;
  const say = (field: Refusal["field"], text: string): Refusal =>
    detail === undefined ? { field, text } : { field, text, detail };
  const { message } = failure;
  if (/PRICE_FILTER|'price'/.test(message)) return say("price", priceRule(info));
  if (/LOT_SIZE|'quantity'/.test(message)) return say("amount", quantityRule(info));
  if (/NOTIONAL/.test(message)) return say("amount", totalRule(info));
  if (/insufficient balance/.test(message)) {
    const asset = spentAsset(draft, info);
    return say("amount", `Not enough ${asset}: ${trimmed(textOf(free, 8))} ${asset} are free.`);
  }
  if (/immediately match/.test(message)) {
    return say("price", "At this price the order would trade at once, and post only forbids that.");
  }
  if (failure.status === 401) return say(undefined, "Your session has ended. Sign in again.");
  return { field: fieldOf(failure), text: message };
}

function fieldOf({ field }: ApiFailure): Refusal["field"] {
  if (field === "price") return "price";
  return field === "quantity" || field === "quoteOrderQty" ? "amount" : undefined;
}

function priceRule({ minPrice, maxPrice, tickSize, quoteAsset }: SymbolInfo): string {
  return `The price must be from ${trimmed(minPrice)} to ${trimmed(maxPrice)} ${quoteAsset}, in steps of ${trimmed(tickSize)}.`;
}

function quantityRule({ minQty, maxQty, stepSize, baseAsset }: SymbolInfo): string {
  return `The quantity must be from ${trimmed(minQty)} to ${trimmed(maxQty)} ${baseAsset}, in steps of ${trimmed(stepSize)}.`;
}

function totalRule({ minNotional, maxNotional, quoteAsset }: SymbolInfo): string {
  return `The total must be from ${trimmed(minNotional)} to ${readable(maxNotional, 0)} ${quoteAsset}.`;
}
