import type { WireLevel } from "#shared/protocol/socket.ts";
import {
  digitsOf,
  divide,
  floorTo,
  multiply,
  smallestUnit,
  textOf,
  unitsOf,
  wireUnits,
} from "../../money/decimal.ts";
import type { Book, SymbolInfo } from "../../state/types.ts";
import { hasPrice } from "./leg-draft.ts";
import { isMarket, legNames, referencePrice, type TicketDraft, totalDigits } from "./ticket-draft.ts";

/** What the order would do, 10^-8 units. For a market order as the book stands now. */
export interface OrderPreview {
  readonly quantity: bigint;
  readonly total: bigint;
  /** Of the asset that is earned; the highest that it can be. */
  readonly fee: bigint;
  readonly spends: bigint;
  /** After the fee. */
  readonly earns: bigint;
  /** False if the book has too little for a market order. */
  readonly isWhole: boolean;
  /** False where the price is not known before. */
  readonly isSure: boolean;
}

/** Works out the preview of what is placed first; zeros for what is not filled in yet. Of an OCO, the order with the greater total. */
export function previewOf(
  draft: TicketDraft,
  info: SymbolInfo,
  book: Book | undefined,
  last: string | undefined,
): OrderPreview {
  const amount = unitsOf(draft.amount) ?? 0n;
  const levels = (draft.side === "BUY" ? book?.asks : book?.bids) ?? [];
  const { quantity, total, isWhole } = isMarket(draft)
    ? walk(levels, amount, draft.isByTotal)
    : { quantity: amount, total: multiply(amount, dearestPrice(draft, last)), isWhole: true };
  const isMaker = draft.list === undefined && draft.legs.first.type === "LIMIT_MAKER";
  const feeRate = wireUnits(isMaker ? info.makerFee : info.takerFee);
  const [spends, gross] = draft.side === "BUY" ? [total, quantity] : [quantity, total];
  const earnedDigits = draft.side === "BUY" ? info.baseDigits : info.quoteDigits;
  const fee = floorTo(multiply(gross, feeRate), smallestUnit(earnedDigits));
  const isSure = legsNow(draft).every(hasPrice) && draft.list !== "OCO";
  return { quantity, total, fee, spends, earns: gross - fee, isWhole, isSure };
}

/** The draft with an amount that spends so much of what is free. A market buy is then by total: its price is not known before. */
export function withPercent(
  draft: TicketDraft,
  info: SymbolInfo,
  free: bigint,
  percent: number,
  last: string | undefined,
): TicketDraft {
  const part = (free * BigInt(percent)) / 100n;
  const lots = (units: bigint) => textOf(floorTo(units, wireUnits(info.stepSize)), digitsOf(info.stepSize));
  if (draft.side === "SELL") return { ...draft, isByTotal: false, amount: lots(part) };
  if (isMarket(draft)) return { ...draft, isByTotal: true, amount: textOf(part, totalDigits(info)) };
  return { ...draft, amount: lots(divide(part, dearestPrice(draft, last))) };
}

/** Of what is placed at once, the greatest price; zero where none is filled in yet. */
export function dearestPrice(draft: TicketDraft, last: string | undefined): bigint {
  const prices = legsNow(draft).map((leg) => referencePrice(leg, last));
  const [most = 0n] = prices.sort((a, b) => (a < b ? 1 : -1));
  return most;
}

/** The orders that do something at once. */
function legsNow(draft: TicketDraft) {
  return legNames(draft)
    .filter((name) => draft.list === "OCO" || name === "first")
    .map((name) => draft.legs[name]);
}

/** Takes from the levels until the amount, of base or of quote, is reached. */
function walk(
  levels: readonly WireLevel[],
  amount: bigint,
  byTotal: boolean,
): Pick<OrderPreview, "quantity" | "total" | "isWhole"> {
  let [quantity, total] = [0n, 0n];
  for (const [priceText, quantityText] of levels) {
    const missing = amount - (byTotal ? total : quantity);
    if (missing <= 0n) break;
    const [price, there] = [wireUnits(priceText), wireUnits(quantityText)];
    const wanted = byTotal ? divide(missing, price) : missing;
    if (wanted < there) {
      quantity += wanted;
      total += byTotal ? missing : multiply(wanted, price);
      return { quantity, total, isWhole: true };
    }
    quantity += there;
    total += multiply(there, price);
  }
  return { quantity, total, isWhole: (byTotal ? total : quantity) >= amount };
}
