import type { OrderType, SelfTradePrevention, Side } from "#shared/domain/order.ts";
import { digitsOf, floorTo, multiply, textOf, unitsOf, wireUnits } from "../../money/decimal.ts";
import type { ListKind, PickedLevel, SymbolInfo } from "../../state/types.ts";
import { emptyLeg, hasPrice, hasTrigger, type LegDraft } from "./leg-draft.ts";

/** What the ticket places: one order of a type, or an order list. */
export type Kind = "LIMIT" | "MARKET" | "LIMIT_MAKER" | "STOP" | "TAKE_PROFIT" | ListKind;

/**
 * The orders of the ticket. `first` is the single order, or the one of an OTO or OTOCO that works at once; `profit` and `stop` are the two of an OCO or of an
 * OTOCO; `next` is the second of an OTO.
 */
export type LegName = "first" | "profit" | "stop" | "next";

/** What stands in the ticket's fields. */
export interface TicketDraft {
  readonly side: Side;
  readonly list: ListKind | undefined;
  /** A quantity of the base asset or, with `isByTotal`, what is spent or earned of the quote asset. */
  readonly amount: string;
  /** For market orders only. */
  readonly isByTotal: boolean;
  readonly legs: Readonly<Record<LegName, LegDraft>>;
  /** Of the orders that follow the first one of a list. */
  readonly nextSide: Side;
  /** Empty: as much as the first order leaves, see `nextQuantity`. */
  readonly nextAmount: string;
  /** `undefined`: the market's own. */
  readonly selfTradePrevention: SelfTradePrevention | undefined;
}

export const EMPTY_DRAFT: TicketDraft = {
  side: "BUY",
  list: undefined,
  amount: "",
  isByTotal: false,
  legs: {
    first: emptyLeg("LIMIT"),
    profit: emptyLeg("LIMIT_MAKER"),
    stop: emptyLeg("STOP_LOSS"),
    next: emptyLeg("LIMIT"),
  },
  nextSide: "SELL",
  nextAmount: "",
  selfTradePrevention: undefined,
};

/** What each order of a list can be, by its place: just the pairs that the exchange takes (docs/orders.md, Order lists). */
export const LEG_TYPES: Readonly<Record<LegName, readonly OrderType[]>> = {
  first: ["LIMIT", "LIMIT_MAKER"],
  profit: ["LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"],
  stop: ["STOP_LOSS", "STOP_LOSS_LIMIT"],
  next: [
    "LIMIT",
    "LIMIT_MAKER",
    "MARKET",
    "STOP_LOSS",
    "STOP_LOSS_LIMIT",
    "TAKE_PROFIT",
    "TAKE_PROFIT_LIMIT",
  ],
};

const LEGS_OF: Readonly<Record<ListKind, readonly LegName[]>> = {
  OCO: ["profit", "stop"],
  OTO: ["first", "next"],
  OTOCO: ["first", "profit", "stop"],
};

/** The orders that will be placed. */
export function legNames({ list }: TicketDraft): readonly LegName[] {
  return list === undefined ? ["first"] : LEGS_OF[list];
}

export function kindOf({ list, legs }: TicketDraft): Kind {
  if (list !== undefined) return list;
  const { type } = legs.first;
  if (type === "STOP_LOSS" || type === "STOP_LOSS_LIMIT") return "STOP";
  return type === "TAKE_PROFIT_LIMIT" ? "TAKE_PROFIT" : type;
}

/** True for the kinds that need no advanced part. */
export function isPlain(kind: Kind): boolean {
  return kind === "LIMIT" || kind === "MARKET" || kind === "LIMIT_MAKER";
}

/** The draft as an order of another kind; what was typed stays, where the kind has it. */
export function withKind(draft: TicketDraft, kind: Kind): TicketDraft {
  if (kind === kindOf(draft)) return draft;
  const isByTotal = draft.isByTotal && kind === "MARKET";
  const amount = isByTotal === draft.isByTotal ? draft.amount : "";
  const first = (type: OrderType) =>
    withLeg({ ...draft, list: undefined, isByTotal, amount }, "first", { type });
  switch (kind) {
    case "STOP":
      return first("STOP_LOSS");
    case "OCO":
    case "OTO":
    case "OTOCO": {
      const isWorking = LEG_TYPES.first.includes(draft.legs.first.type);
      return { ...first(isWorking ? draft.legs.first.type : "LIMIT"), list: kind };
    }
    default:
      return first(kind);
  }
}

export function withLeg(draft: TicketDraft, name: LegName, change: Partial<LegDraft>): TicketDraft {
  return { ...draft, legs: { ...draft.legs, [name]: { ...draft.legs[name], ...change } } };
}

/** The draft with another side; the orders that follow the first one turn with it. */
export function withSide(draft: TicketDraft, side: Side): TicketDraft {
  return { ...draft, side, nextSide: side === "BUY" ? "SELL" : "BUY" };
}

/** The draft without anything that only the advanced part shows: what is not seen must not be sent. */
export function withoutAdvanced(draft: TicketDraft): TicketDraft {
  const plain = isPlain(kindOf(draft)) ? draft : withKind(draft, "LIMIT");
  return withLeg({ ...plain, selfTradePrevention: undefined }, "first", { iceberg: "" });
}

/** The draft once it was placed: the same again needs a new quantity. */
export function withoutQuantities(draft: TicketDraft): TicketDraft {
  const { first, profit, stop, next } = draft.legs;
  const whole = (leg: LegDraft): LegDraft => ({ ...leg, iceberg: "" });
  const legs = { first: whole(first), profit: whole(profit), stop: whole(stop), next: whole(next) };
  return { ...draft, legs, amount: "", nextAmount: "" };
}

/** Takes a level of the book into the ticket: as a whole for an order with a price, otherwise as the price that is waited for. */
export function withPicked(draft: TicketDraft, { price, quantity, side }: PickedLevel): TicketDraft {
  if (draft.list === "OCO") return withLeg(draft, "profit", { price, stopPrice: price });
  if (draft.list === undefined && hasTrigger(draft.legs.first))
    return withLeg(draft, "first", { stopPrice: price });
  const limit = isMarket(draft) ? withKind(draft, "LIMIT") : draft;
  return withLeg({ ...withSide(limit, side), amount: quantity, isByTotal: false }, "first", { price });
}

export const isMarket = (draft: TicketDraft): boolean => kindOf(draft) === "MARKET";
export const isByTotal = (draft: TicketDraft): boolean => isMarket(draft) && draft.isByTotal;

/** True for an order of a list whose turn comes only when the first one is filled. */
export function isPending(draft: TicketDraft, name: LegName): boolean {
  return name !== "first" && draft.list !== "OCO";
}

export function sideOf(draft: TicketDraft, name: LegName): Side {
  return isPending(draft, name) ? draft.nextSide : draft.side;
}

/** What the orders that follow trade: what was typed, or else all that the first order leaves of the base asset, after its fee. */
export function nextQuantity(draft: TicketDraft, { stepSize, takerFee }: SymbolInfo): string {
  if (draft.nextAmount.trim() !== "") return draft.nextAmount.trim();
  const amount = unitsOf(draft.amount);
  if (amount === undefined) return "";
  const isFromFirst = draft.side === "BUY" && draft.nextSide === "SELL";
  const fee = isFromFirst ? multiply(amount, wireUnits(takerFee)) : 0n;
  return textOf(floorTo(amount - fee, wireUnits(stepSize)), digitsOf(stepSize));
}

/** The quantity that an order of the ticket has; a total for a market order by total. */
export function quantityOf(draft: TicketDraft, name: LegName, info: SymbolInfo): string {
  return isPending(draft, name) ? nextQuantity(draft, info) : draft.amount.trim();
}

/** The asset that the order pays with. */
export function spentAsset({ side }: TicketDraft, { baseAsset, quoteAsset }: SymbolInfo): string {
  return side === "BUY" ? quoteAsset : baseAsset;
}

/** The asset that the order earns, which also pays the fee. */
export function earnedAsset({ side }: TicketDraft, { baseAsset, quoteAsset }: SymbolInfo): string {
  return side === "BUY" ? baseAsset : quoteAsset;
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

/** The price by which an order without a limit is judged beforehand, 10^-8 units: its stop price, else the last price. */
export function referencePrice(leg: LegDraft, last: string | undefined): bigint {
  if (hasPrice(leg)) return unitsOf(leg.price) ?? 0n;
  const stop = unitsOf(leg.stopPrice) ?? 0n;
  return stop > 0n ? stop : wireUnits(last);
}
