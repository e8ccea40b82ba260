/** What the page takes from the gateway's answers. */
export interface SymbolInfo {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly tickSize: string;
  readonly stepSize: string;
  readonly minNotional: string;
  /** Parts of what is received, such as "0.001". */
  readonly makerFee: string;
  readonly takerFee: string;
}

export interface Session {
  readonly user: string;
  readonly account: number;
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
  readonly tone: "good" | "bad" | "plain";
  readonly text: string;
}

export type Connection = {
  readonly state: "connecting" | "live" | "stale";
  readonly roundTripMs: number | undefined;
};
