import type { OrderType, SelfTradePrevention } from "#shared/domain/order.ts";
import type { WireLevel } from "#shared/protocol/socket.ts";
import type { ItemPlace } from "./provisional.ts";

/** A market as the page needs it: exchangeInfo's filters and the fees. Decimals as text. */
export interface SymbolInfo {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** Fraction digits of the smallest unit of each. */
  readonly baseDigits: number;
  readonly quoteDigits: number;
  readonly tickSize: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly stepSize: string;
  readonly minQty: string;
  readonly maxQty: string;
  readonly minNotional: string;
  readonly maxNotional: string;
  /** Parts of what is received, such as "0.001". */
  readonly makerFee: string;
  readonly takerFee: string;
  readonly orderTypes: readonly OrderType[];
  readonly defaultSelfTradePrevention: SelfTradePrevention;
  readonly allowedSelfTradePrevention: readonly SelfTradePrevention[];
  /** What PERCENT_PRICE_BY_SIDE allows of the last price; "0" where there is no such filter. */
  readonly bidMultipliers: PriceBand;
  readonly askMultipliers: PriceBand;
  /** Hundredths of a percent; a highest of 0 where there is no such filter. */
  readonly trailingAbove: TrailingBounds;
  readonly trailingBelow: TrailingBounds;
  /** 0 where there is no such filter. */
  readonly maxIcebergParts: number;
}

interface PriceBand {
  readonly down: string;
  readonly up: string;
}

/** Of TRAILING_DELTA, for the orders that trigger above the price, or below it. */
export interface TrailingBounds {
  readonly min: number;
  readonly max: number;
}

export interface Session {
  readonly user: string;
  readonly account: number;
}

/** Best levels first. */
export interface Book {
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
  /** Not in the book any more, since it was replaced a moment ago (left-levels.ts). */
  readonly left: readonly LeftLevel[];
}

/** A level that was in a book before it was replaced. */
export interface LeftLevel {
  readonly side: "bids" | "asks";
  readonly price: string;
  readonly quantity: string;
  /** The moment in which it left: the page counts them. */
  readonly round: number;
}

export interface BalanceRow {
  readonly asset: string;
  readonly free: string;
  readonly locked: string;
}

/** An order as the page lists it, from a report or from REST. */
export interface OrderItem {
  readonly symbol: string;
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly side: "BUY" | "SELL";
  readonly type: string;
  readonly timeInForce: string;
  readonly price: string;
  /** "0…" unless a stop loss or take profit order with one. */
  readonly stopPrice: string;
  /** Hundredths of a percent; 0 unless a trailing order. */
  readonly trailingDelta: number;
  /** "0…" unless an iceberg. */
  readonly icebergQty: string;
  /** Epoch ms; 0 unless it is good till a date. */
  readonly goodTillDate: number;
  readonly selfTradePreventionMode: string;
  /** -1 unless part of an order list. */
  readonly orderListId: number;
  /** False while it waits for its trigger or for its turn in a list. */
  readonly isWorking: boolean;
  readonly quantity: string;
  readonly executed: string;
  readonly executedQuote: string;
  /** What self-trade prevention took off it. */
  readonly prevented: string;
  readonly status: string;
  /** True while it may still be undone. */
  readonly provisional: boolean;
  /** Of the report that told it; REST does not say it. */
  readonly place?: ItemPlace;
  readonly time: number;
}

/** Kinds of order lists, by what one order does to the others. */
export type ListKind = "OCO" | "OTO" | "OTOCO";

export interface FillItem {
  readonly symbol: string;
  readonly id: number;
  readonly orderId: number;
  readonly price: string;
  readonly qty: string;
  readonly quoteQty: string;
  readonly commission: string;
  readonly commissionAsset: string;
  readonly time: number;
  readonly isBuyer: boolean;
  readonly isMaker: boolean;
  /** True while it may still be undone. */
  readonly provisional: boolean;
  readonly place?: ItemPlace;
  /** `checking`: of a fork that is being reconciled; `conflicted`: busted, in full or by the quantity that it says. */
  readonly verdict?: "checking" | "conflicted";
}

export interface TapeItem {
  readonly id: number;
  readonly price: string;
  readonly quantity: string;
  readonly time: number;
  readonly isBuyerMaker: boolean;
  /** True while it may still be undone. */
  readonly provisional: boolean;
  readonly place?: ItemPlace;
  /** As of a fill. */
  readonly verdict?: FillItem["verdict"];
}

export interface Notice {
  readonly id: number;
  /** A later notice about the same thing takes the place of an earlier one. */
  readonly about: string | undefined;
  readonly tone: "good" | "bad" | "plain";
  readonly text: string;
}

/** A level that was clicked in the book, for the ticket; the number makes each click count. */
export interface PickedLevel {
  readonly price: string;
  /** All that stands in the book up to this level. */
  readonly quantity: string;
  /** What an order that takes the level would be. */
  readonly side: "BUY" | "SELL";
  readonly click: number;
}

export type DialogName = "sign-in" | "sign-up" | "keys" | "reconciliations";

export type ConnectionState = {
  readonly state: "connecting" | "live" | "stale";
  readonly roundTripMs: number | undefined;
};
