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

export type Side = "BUY" | "SELL";
export type OrderKind = "LIMIT" | "MARKET" | "LIMIT_MAKER";
export type TimeInForce = "GTC" | "IOC" | "FOK";

/** What stands in the ticket's fields. */
export interface TicketDraft {
  readonly side: Side;
  readonly kind: OrderKind;
  readonly price: string;
  /** A quantity of the base asset or, with `isByTotal`, what is spent or earned of the quote asset. */
  readonly amount: string;
  /** For market orders only. */
  readonly isByTotal: boolean;
  readonly timeInForce: TimeInForce;
}

export const EMPTY_DRAFT: TicketDraft = {
  side: "BUY",
  kind: "LIMIT",
  price: "",
  amount: "",
  isByTotal: false,
  timeInForce: "GTC",
};

export const isMarket = ({ kind }: TicketDraft): boolean => kind === "MARKET";
export const isByTotal = (draft: TicketDraft): boolean => isMarket(draft) && draft.isByTotal;

/** The asset that the order pays with. */
export function spentAsset({ side }: TicketDraft, { baseAsset, quoteAsset }: SymbolInfo): string {
  return side === "BUY" ? quoteAsset : baseAsset;
}

/** The asset that the order earns, which also pays the fee. */
export function earnedAsset({ side }: TicketDraft, { baseAsset, quoteAsset }: SymbolInfo): string {
  return side === "BUY" ? baseAsset : quoteAsset;
}

function earnedDigits({ side }: TicketDraft, { baseDigits, quoteDigits }: SymbolInfo): number {
  return side === "BUY" ? baseDigits : quoteDigits;
}

/** What the order would do, 10^-8 units. For a market order as the book stands now. */
export interface TicketPreview {
  readonly quantity: bigint;
  readonly total: bigint;
  /** Of the asset that is earned; the highest that it can be. */
  readonly fee: bigint;
  readonly spends: bigint;
  /** After the fee. */
  readonly earns: bigint;
  /** False if the book has too little for a market order. */
  readonly isWhole: boolean;
}

/** Works out the preview; zeros for what is not filled in yet. */
export function previewOf(draft: TicketDraft, info: SymbolInfo, book: Book | undefined): TicketPreview {
  const amount = unitsOf(draft.amount) ?? 0n;
  const levels = (draft.side === "BUY" ? book?.asks : book?.bids) ?? [];
  const { quantity, total, isWhole } = isMarket(draft)
    ? walk(levels, amount, draft.isByTotal)
    : { quantity: amount, total: multiply(amount, unitsOf(draft.price) ?? 0n), isWhole: true };
  const feeRate = wireUnits(draft.kind === "LIMIT_MAKER" ? info.makerFee : info.takerFee);
  const [spends, gross] = draft.side === "BUY" ? [total, quantity] : [quantity, total];
  const fee = floorTo(multiply(gross, feeRate), smallestUnit(earnedDigits(draft, info)));
  return { quantity, total, fee, spends, earns: gross - fee, isWhole };
}

/** Takes from the levels until the amount, of base or of quote, is reached. */
function walk(
  levels: readonly WireLevel[],
  amount: bigint,
  byTotal: boolean,
): Pick<TicketPreview, "quantity" | "total" | "isWhole"> {
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

/** The draft with an amount that spends so much of what is free. A market buy is then by total: its price is not known before. */
export function withPercent(
  draft: TicketDraft,
  info: SymbolInfo,
  free: bigint,
  percent: number,
): TicketDraft {
  const part = (free * BigInt(percent)) / 100n;
  const lots = (units: bigint) => textOf(floorTo(units, wireUnits(info.stepSize)), digitsOf(info.stepSize));
  if (draft.side === "SELL") return { ...draft, isByTotal: false, amount: lots(part) };
  if (isMarket(draft)) return { ...draft, isByTotal: true, amount: textOf(part, totalDigits(info)) };
  return { ...draft, amount: lots(divide(part, unitsOf(draft.price) ?? 0n)) };
}

/** The text of a price or quantity, so many steps away; never below zero. */
export function stepped(text: string, step: string, steps: number): string {
  const by = wireUnits(step) * BigInt(steps);
  const now = unitsOf(text) ?? 0n;
  return textOf(now + by < 0n ? 0n : now + by, digitsOf(step));
}

/** Digits that a total in this market can have. */
export function totalDigits({ tickSize, stepSize }: SymbolInfo): number {
  return Math.min(digitsOf(tickSize) + digitsOf(stepSize), 8);
}

/** The parameters of POST /api/v3/order. */
export function orderParameters(
  draft: TicketDraft,
  { symbol }: SymbolInfo,
): Readonly<Record<string, string | undefined>> {
  const amount = draft.amount.trim();
  return {
    symbol,
    side: draft.side,
    type: draft.kind,
    timeInForce: draft.kind === "LIMIT" ? draft.timeInForce : undefined,
    price: isMarket(draft) ? undefined : draft.price.trim(),
    quantity: isByTotal(draft) ? undefined : amount,
    quoteOrderQty: isByTotal(draft) ? amount : undefined,
  };
}
