import type { RejectReason } from "#shared/domain/event.ts";

/**
 * The one catalogue of what Meridian can answer instead of success. Codes and words of Binance's dialect are Binance's
 * (Spot API documentation, "Error codes"); clients match on the words, so they are exact. Codes below -9000 are Meridian's own.
 */
export interface ErrorEntry {
  readonly code: number;
  /** `{}` stands for the one detail. */
  readonly msg: string;
  /** HTTP status. */
  readonly status: number;
  /** What it means and what to do, for the documentation. */
  readonly meaning: string;
}

const entry = (code: number, status: number, msg: string, meaning: string): ErrorEntry => ({
  code,
  status,
  msg,
  meaning,
});

export const ERRORS = {
  UNKNOWN: entry(
    -1000,
    500,
    "An unknown error occurred while processing the request.",
    "A fault of the server; it is logged.",
  ),
  UNAUTHORIZED: entry(
    -1002,
    401,
    "You are not authorized to execute this request.",
    "Sign in, or use a key that may do this.",
  ),
  TOO_MANY_REQUESTS: entry(
    -1003,
    429,
    "Too many requests; current limit is {} request weight per minute. Please use WebSocket for live updates to avoid polling the API.",
    "Slow down; `Retry-After` says for how many seconds.",
  ),
  STATUS_UNKNOWN: entry(
    -1007,
    504,
    "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    "The order may or may not have been taken: retry with the same id, or query it.",
  ),
  OVERLOADED: entry(
    -1008,
    503,
    "Server is currently overloaded with other requests. Please try again in a few minutes.",
    "Nothing was taken; retry after `Retry-After` seconds.",
  ),
  FILTER_PRICE: entry(
    -1013,
    400,
    "Filter failure: PRICE_FILTER",
    "The price is outside the market's bounds or not a multiple of its tick.",
  ),
  FILTER_LOT_SIZE: entry(
    -1013,
    400,
    "Filter failure: LOT_SIZE",
    "The quantity is outside the market's bounds or not a multiple of its lot.",
  ),
  FILTER_NOTIONAL: entry(
    -1013,
    400,
    "Filter failure: NOTIONAL",
    "Price × quantity is outside the market's bounds.",
  ),
  INVALID_TIMESTAMP: entry(
    -1021,
    400,
    "Timestamp for this request is outside of the recvWindow.",
    "Set the clock, or a larger recvWindow (at most 60,000 ms).",
  ),
  INVALID_SIGNATURE: entry(
    -1022,
    400,
    "Signature for this request is not valid.",
    "Sign the bytes as sent with the key's secret.",
  ),
  MANDATORY_PARAM: entry(
    -1102,
    400,
    "Mandatory parameter '{}' was not sent, was empty/null, or malformed.",
    "Send it.",
  ),
  BAD_PRECISION: entry(
    -1111,
    400,
    "Parameter '{}' has too much precision.",
    "Use at most the digits that the market allows.",
  ),
  BAD_SYMBOL: entry(-1121, 400, "Invalid symbol.", "See exchangeInfo for the symbols."),
  INSUFFICIENT_BALANCE: entry(
    -2010,
    400,
    "Account has insufficient balance for requested action.",
    "Deposit, or ask for less.",
  ),
  DUPLICATE_ORDER: entry(
    -2010,
    400,
    "Duplicate order sent.",
    "The client order id was used in the last 24 hours.",
  ),
  WOULD_TAKE: entry(
    -2010,
    400,
    "Order would immediately match and take.",
    "A LIMIT_MAKER order must not take.",
  ),
  UNKNOWN_ORDER: entry(-2011, 400, "Unknown order sent.", "No open order has this id."),
  NO_SUCH_ORDER: entry(-2013, 400, "Order does not exist.", "The account never had such an order."),
  BAD_API_KEY_FORMAT: entry(-2014, 401, "API-key format invalid.", "Send the key in X-MBX-APIKEY."),
  REJECTED_API_KEY: entry(
    -2015,
    401,
    "Invalid API-key, IP, or permissions for action.",
    "Check the key and its permissions.",
  ),
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

  constructor(
    name: ErrorName,
    options: { detail?: string; field?: string; retryAfterSeconds?: number } = {},
  ) {
    const entry = ERRORS[name];
    super(entry.msg.replace("{}", options.detail ?? options.field ?? ""));
    this.entry = entry;
    this.field = options.field;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** Binance's error envelope; `field` is Meridian's addition. */
  toJSON(): { code: number; msg: string; field?: string } {
    return {
      code: this.entry.code,
      msg: this.message,
      ...(this.field === undefined ? {} : { field: this.field }),
    };
  }
}

/** What a client is told for each reason of the engine. Exhaustive: a new reason does not compile without an answer. */
export const ERROR_OF_REASON = {
  "expired-command": "INVALID_TIMESTAMP",
  "validity-too-long": "INVALID_TIMESTAMP",
  "unknown-market": "BAD_SYMBOL",
  "unknown-asset": "BAD_SYMBOL",
  "unknown-order": "UNKNOWN_ORDER",
  "duplicate-order-id": "DUPLICATE_ORDER",
  "duplicate-client-order-id": "DUPLICATE_ORDER",
  "malformed-order": "MANDATORY_PARAM",
  "price-filter": "FILTER_PRICE",
  "lot-size": "FILTER_LOT_SIZE",
  notional: "FILTER_NOTIONAL",
  "self-trade-prevention-not-allowed": "MANDATORY_PARAM",
  "would-take": "WOULD_TAKE",
  "insufficient-balance": "INSUFFICIENT_BALANCE",
  "amend-not-lower": "UNKNOWN_ORDER",
  "malformed-amount": "MANDATORY_PARAM",
  "supply-exceeded": "MANDATORY_PARAM",
  "immutable-definition": "UNKNOWN",
  "malformed-definition": "UNKNOWN",
} as const satisfies Record<RejectReason, ErrorName>;
