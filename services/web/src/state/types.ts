import type { WireLevel } from "#shared/protocol/socket.ts";

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
}

export interface Session {
  readonly user: string;
  readonly account: number;
}

/** Best levels first. */
export interface Book {
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
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
  readonly quantity: string;
  readonly executed: string;
  readonly executedQuote: string;
  readonly status: string;
  readonly provisional: boolean;
  readonly time: number;
}

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
}

export interface TapeItem {
  readonly id: number;
  readonly price: string;
  readonly quantity: string;
  readonly time: number;
  readonly isBuyerMaker: boolean;
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

export type DialogName = "sign-in" | "sign-up" | "keys";

export type ConnectionState = {
  readonly state: "connecting" | "live" | "stale";
  readonly roundTripMs: number | undefined;
};
