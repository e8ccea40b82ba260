import { triggersUpward } from "#shared/domain/order.ts";
import { digitsOf, multiply, readable, textOf, trimmed, unitsOf, wireUnits } from "../../money/decimal.ts";
import type { ApiFailure } from "../../state/api.ts";
import type { SymbolInfo } from "../../state/types.ts";
import { fieldId, fieldOfParameter, QUANTITY_ID, quantityId, SELF_TRADE_ID } from "./field-id.ts";
import { hasPrice, hasTrigger, isTillDate, mayBeIceberg } from "./leg-draft.ts";
import type { Refusal } from "./refusal.ts";
import {
  type LegName,
  legNames,
  quantityOf,
  referencePrice,
  sideOf,
  spentAsset,
  type TicketDraft,
} from "./ticket-draft.ts";
import { bipsOf, percentOf } from "./trailing.ts";

/** What the exchange's refusal is about. */
export interface Sent {
  readonly draft: TicketDraft;
  readonly info: SymbolInfo;
  /** What the account has of the asset that it pays with, 10^-8 units. */
  readonly free: bigint;
  readonly last: string | undefined;
}

interface Rule {
  /** Of the exchange's words, which are fixed (docs/errors.md). */
  readonly says: RegExp;
  /** The orders that may be at fault: the first that the rule is broken by, or else the first of them. */
  readonly field: (sent: Sent) => string | undefined;
  readonly text: (sent: Sent) => string;
}

/** Rules whose refusal does not always name a field; what it names goes before. */
const RULES: readonly Rule[] = [
  {
    says: /PERCENT_PRICE/,
    field: (sent) => fieldWith(sent, "price", (name) => isFarOff(sent, name)),
    text: ({ draft, info }) => {
      const { down, up } = draft.side === "BUY" ? info.bidMultipliers : info.askMultipliers;
      return `The price must be between ${trimmed(down)} and ${trimmed(up)} times the last price.`;
    },
  },
  {
    says: /PRICE_FILTER|'\w*[pP]rice'/,
    field: (sent) => brokenPrice(sent),
    text: ({ info: { minPrice, maxPrice, tickSize, quoteAsset } }) =>
      `The price must be from ${trimmed(minPrice)} to ${trimmed(maxPrice)} ${quoteAsset}, in steps of ${trimmed(tickSize)}.`,
  },
  {
    says: /ICEBERG_PARTS/,
    field: (sent) => fieldWith(sent, "iceberg", () => false),
    text: ({ info }) => `The book would show it in more than ${info.maxIcebergParts} parts: show more of it.`,
  },
  {
    says: /IcebergQty exceeds/,
    field: (sent) => fieldWith(sent, "iceberg", () => false),
    text: () => "The visible quantity must be less than the whole.",
  },
  {
    says: /LOT_SIZE|'\w*([qQ]uantity|icebergQty|IcebergQty)'/,
    field: (sent) => brokenQuantity(sent),
    text: ({ info: { minQty, maxQty, stepSize, baseAsset } }) =>
      `The quantity must be from ${trimmed(minQty)} to ${trimmed(maxQty)} ${baseAsset}, in steps of ${trimmed(stepSize)}.`,
  },
  {
    says: /NOTIONAL/,
    field: (sent) => brokenTotal(sent),
    text: ({ info: { minNotional, maxNotional, quoteAsset } }) =>
      `The total must be from ${trimmed(minNotional)} to ${readable(maxNotional, 0)} ${quoteAsset}.`,
  },
  {
    says: /TRAILING_DELTA/,
    field: (sent) => fieldWith(sent, "trailing", (name) => isTrailingOff(sent, name)),
    text: (sent) => {
      const name = namesWith(sent, "trailing").find((each) => isTrailingOff(sent, each)) ?? "first";
      const { min, max } = trailingBounds(sent, name);
      return `It must trail by ${percentOf(min)} to ${percentOf(max)} %.`;
    },
  },
  {
    says: /no last price yet/,
    field: (sent) => fieldWith(sent, "trailing", () => false),
    text: () => "Nothing was traded here yet, so there is no price to trail from. Enter a stop price too.",
  },
  {
    says: /trigger immediately/,
    field: (sent) => fieldWith(sent, "stop-price", (name) => isReached(sent, name)),
    text: ({ info, last }) =>
      last === undefined
        ? "The price has reached this stop price already."
        : `The last price, ${readable(last, digitsOf(info.tickSize))}, has reached this stop price already.`,
  },
  {
    says: /relationship of the prices/,
    field: () => fieldId("stop", "stop-price"),
    text: ({ draft }) =>
      sideOf(draft, "profit") === "SELL"
        ? "To sell, the profit's price must be above the stop's."
        : "To buy, the profit's price must be below the stop's.",
  },
  {
    says: /insufficient balance/,
    field: () => QUANTITY_ID,
    text: ({ draft, info, free }) => {
      const asset = spentAsset(draft, info);
      return `Not enough ${asset}: ${trimmed(textOf(free, 8))} ${asset} are free.`;
    },
  },
  {
    says: /immediately match/,
    field: (sent) => fieldWith(sent, "price", () => false),
    text: () => "At this price the order would trade at once, and post only forbids that.",
  },
  {
    says: /order of your own in the auction/,
    field: (sent) => fieldWith(sent, "price", () => false),
    text: () =>
      "In the auction it would meet an order of your own. Take another price, or allow self-trades under Advanced.",
  },
  {
    says: /'goodTillDate' has passed/,
    field: (sent) => fieldWith(sent, "good-till", (name) => isOver(sent, name)),
    text: () => "This time has passed.",
  },
  { says: /self-trade prevention mode/, field: () => SELF_TRADE_ID, text: () => "Not in this market." },
  {
    says: /MAX_POSITION/,
    field: () => QUANTITY_ID,
    text: ({ info }) => `You would hold more ${info.baseAsset} than this market allows.`,
  },
  { says: /MAX_NUM_ORDERS/, field: none, text: () => tooMany("orders") },
  { says: /MAX_NUM_ALGO_ORDERS/, field: none, text: () => tooMany("orders that wait for a trigger") },
  { says: /MAX_NUM_ICEBERG_ORDERS/, field: none, text: () => tooMany("icebergs") },
  { says: /MAX_NUM_ORDER_LISTS/, field: none, text: () => tooMany("order lists") },
  {
    says: /Market is closed/,
    field: none,
    text: () => "The market's state does not allow this order now.",
  },
];

function none(): undefined {
  return undefined;
}

function tooMany(what: string): string {
  return `You have as many open ${what} in this market as it allows. Cancel one first.`;
}

/** The exchange's refusal of what was sent, in the trader's words, at the field that it concerns. */
export function refusalOf(failure: ApiFailure, sent: Sent): Refusal {
  if (failure.status === 401) return { field: undefined, text: "Your session has ended. Sign in again." };
  const named = fieldOfParameter(sent.draft, failure.field);
  const rule = RULES.find(({ says }) => says.test(failure.message));
  if (rule === undefined) return { field: named, text: failure.message };
  const detail = `${failure.message} (${failure.code})`;
  return { field: named ?? rule.field(sent), text: rule.text(sent), detail };
}

type Checked = "price" | "stop-price" | "trailing" | "iceberg" | "good-till";

/** The orders that show such a field. */
function namesWith({ draft }: Sent, field: Checked): readonly LegName[] {
  return legNames(draft).filter((name) => {
    const leg = draft.legs[name];
    if (field === "price") return hasPrice(leg);
    if (field === "stop-price") return hasTrigger(leg);
    if (field === "trailing") return hasTrigger(leg) && leg.trailing.trim() !== "";
    if (field === "iceberg") return mayBeIceberg(leg) && leg.iceberg.trim() !== "";
    return isTillDate(leg);
  });
}

/** Such a field of the first order that breaks the rule, as far as that can be told; otherwise of the first that has one. */
function fieldWith(sent: Sent, field: Checked, isBroken: (name: LegName) => boolean): string | undefined {
  const names = namesWith(sent, field);
  const name = names.find(isBroken) ?? names[0];
  return name === undefined ? undefined : fieldId(name, field);
}

function brokenPrice(sent: Sent): string | undefined {
  const { draft, info } = sent;
  const fits = (text: string) => isIn(text, info.minPrice, info.maxPrice, info.tickSize);
  const limit = namesWith(sent, "price").find((name) => !fits(draft.legs[name].price));
  if (limit !== undefined) return fieldId(limit, "price");
  const stops = namesWith(sent, "stop-price").filter((name) => draft.legs[name].stopPrice.trim() !== "");
  const stop = stops.find((name) => !fits(draft.legs[name].stopPrice));
  return stop === undefined ? undefined : fieldId(stop, "stop-price");
}

function brokenQuantity(sent: Sent): string {
  const { draft, info } = sent;
  const fits = (text: string) => isIn(text, info.minQty, info.maxQty, info.stepSize);
  const iceberg = namesWith(sent, "iceberg").find((name) => !fits(draft.legs[name].iceberg));
  const name = legNames(draft).find((each) => !fits(quantityOf(draft, each, info)));
  if (name === undefined && iceberg !== undefined) return fieldId(iceberg, "iceberg");
  return quantityId(draft, name ?? "first");
}

function brokenTotal({ draft, info, last }: Sent): string {
  const name = legNames(draft).find((each) => {
    const quantity = unitsOf(quantityOf(draft, each, info)) ?? 0n;
    const total = multiply(quantity, referencePrice(draft.legs[each], last));
    return total > 0n && (total < wireUnits(info.minNotional) || total > wireUnits(info.maxNotional));
  });
  return quantityId(draft, name ?? "first");
}

function isIn(text: string, min: string, max: string, step: string): boolean {
  const units = unitsOf(text) ?? 0n;
  return units >= wireUnits(min) && units <= wireUnits(max) && units % wireUnits(step) === 0n;
}

function isFarOff({ draft, info, last }: Sent, name: LegName): boolean {
  const { down, up } = sideOf(draft, name) === "BUY" ? info.bidMultipliers : info.askMultipliers;
  const [price, from] = [unitsOf(draft.legs[name].price) ?? 0n, wireUnits(last)];
  return price < multiply(from, wireUnits(down)) || price > multiply(from, wireUnits(up));
}

function trailingBounds({ draft, info }: Sent, name: LegName) {
  return triggersUpward(draft.legs[name].type, sideOf(draft, name)) ? info.trailingAbove : info.trailingBelow;
}

function isTrailingOff(sent: Sent, name: LegName): boolean {
  const { min, max } = trailingBounds(sent, name);
  const bips = bipsOf(sent.draft.legs[name].trailing) ?? 0;
  return bips < min || bips > max;
}

function isReached({ draft, last }: Sent, name: LegName): boolean {
  const { type, stopPrice } = draft.legs[name];
  const [stop, now] = [unitsOf(stopPrice) ?? 0n, wireUnits(last)];
  if (stop === 0n) return false;
  return triggersUpward(type, sideOf(draft, name)) ? now >= stop : now <= stop;
}

function isOver({ draft }: Sent, name: LegName): boolean {
  return new Date(draft.legs[name].goodTill).getTime() <= Date.now();
}
