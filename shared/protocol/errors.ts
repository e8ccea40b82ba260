import type { RejectReason } from "#shared/domain/event.ts";
import type { ErrorEntry } from "./error-catalogue/error-entry.ts";
import { FILTER_ERRORS } from "./error-catalogue/filter-errors.ts";
import { MERIDIAN_ERRORS } from "./error-catalogue/meridian-errors.ts";
import { ORDER_ERRORS } from "./error-catalogue/order-errors.ts";
import { REQUEST_ERRORS } from "./error-catalogue/request-errors.ts";
import { SERVICE_ERRORS } from "./error-catalogue/service-errors.ts";

/**
 * The one catalogue of what Meridian can answer instead of success. Codes and words of Binance's dialect are Binance's
 * (Spot API documentation, "Error codes"); clients match on the words, so they are exact. Codes from -9000 down are Meridian's own.
 */
export const ERRORS = {
  ...SERVICE_ERRORS,
  ...FILTER_ERRORS,
  ...REQUEST_ERRORS,
  ...ORDER_ERRORS,
  ...MERIDIAN_ERRORS,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorName = keyof typeof ERRORS;

/** A refusal to a client: one entry of the catalogue with its detail. Thrown by handlers, written by the edge of the gateway. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly entry: ErrorEntry;
  /** The parameter or field at fault, where there is one. */
  readonly field: string | undefined;
  /** Seconds, for `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;
  /** What became of the parts of a request of which some failed (Binance: `data` of cancelReplace). */
  readonly data: object | undefined;

  constructor(
    name: ErrorName,
    options: {
      detail?: string;
      details?: readonly string[];
      field?: string;
      retryAfterSeconds?: number;
      data?: object;
    } = {},
  ) {
    const entry = ERRORS[name];
    const details = [...(options.details ?? [options.detail ?? options.field ?? ""])];
    super(entry.msg.replace(/\{\}/g, () => details.shift() ?? ""));
    this.entry = entry;
    this.field = options.field;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.data = options.data;
  }

  /** Binance's error envelope; `field` is Meridian's addition. */
  toJSON(): { code: number; msg: string; field?: string; data?: object } {
    return {
      code: this.entry.code,
      msg: this.message,
      ...(this.field === undefined ? {} : { field: this.field }),
      ...(this.data === undefined ? {} : { data: this.data }),
    };
  }
}

/** What a client is told for each reason of the engine. Exhaustive: a new reason does not compile without an answer. */
export const ERROR_OF_REASON = {
  "expired-command": "INVALID_TIMESTAMP",
  "validity-too-long": "INVALID_TIMESTAMP",
  "unknown-market": "BAD_SYMBOL",
  "unknown-asset": "INVALID_DATA",
  "unknown-order": "UNKNOWN_ORDER",
  "duplicate-order-id": "DUPLICATE_ORDER",
  "duplicate-client-order-id": "DUPLICATE_ORDER",
  "malformed-order": "INVALID_DATA",
  "price-filter": "FILTER_PRICE",
  "lot-size": "FILTER_LOT_SIZE",
  notional: "FILTER_NOTIONAL",
  "self-trade-prevention-not-allowed": "INVALID_SELF_TRADE_PREVENTION",
  "would-take": "WOULD_TAKE",
  "insufficient-balance": "INSUFFICIENT_BALANCE",
  "amend-not-lower": "AMEND_NOT_LOWER",
  "malformed-amount": "INVALID_DATA",
  "supply-exceeded": "AMOUNT_TOO_LARGE",
  "immutable-definition": "UNKNOWN",
  "malformed-definition": "UNKNOWN",
  "market-closed": "MARKET_CLOSED",
  "percent-price-by-side": "FILTER_PERCENT_PRICE",
  "market-lot-size": "FILTER_MARKET_LOT_SIZE",
  "iceberg-parts": "FILTER_ICEBERG_PARTS",
  "trailing-delta": "FILTER_TRAILING_DELTA",
  "max-num-orders": "FILTER_MAX_NUM_ORDERS",
  "max-num-algo-orders": "FILTER_MAX_NUM_ALGO_ORDERS",
  "max-num-iceberg-orders": "FILTER_MAX_NUM_ICEBERG_ORDERS",
  "max-num-order-lists": "FILTER_MAX_NUM_ORDER_LISTS",
  "max-position": "FILTER_MAX_POSITION",
  "would-trigger": "WOULD_TRIGGER",
  "no-last-price": "NO_LAST_PRICE",
  "self-trade-in-auction": "SELF_TRADE_IN_AUCTION",
  "malformed-list": "UNSUPPORTED_COMBINATION",
  "list-price-relation": "LIST_PRICE_RELATION",
  "unknown-list": "UNKNOWN_ORDER_LIST",
  "cancel-restricted": "CANCEL_RESTRICTED",
  "amend-in-list": "AMEND_IN_LIST",
  "good-till-date-passed": "GOOD_TILL_DATE_PASSED",
  "not-in-fork": "NOT_IN_FORK",
  "market-halts-in-fork": "MARKET_HALTS_IN_FORK",
} as const satisfies Record<RejectReason, ErrorName>;
