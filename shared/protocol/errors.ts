import type { RejectReason } from "#shared/domain/event.ts";

/**
 * The one catalogue of what Meridian can answer instead of success. Codes and words of Binance's dialect are Binance's
 * (Spot API documentation, "Error codes"); clients match on the words, so they are exact. Codes from -9000 down are Meridian's own.
 */
export interface ErrorEntry {
  readonly code: number;
  /** Each `{}` stands for one detail. */
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
    "A fault of the server; it is logged there.",
  ),
  UNAUTHORIZED: entry(
    -1002,
    401,
    "You are not authorized to execute this request.",
    "The session has ended or never was: sign in.",
  ),
  TOO_MANY_REQUESTS: entry(
    -1003,
    429,
    "Too many requests; current limit is {} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.",
    "Slow down; `Retry-After` says for how many seconds.",
  ),
  STATUS_UNKNOWN: entry(
    -1007,
    504,
    "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    "The command may or may not have been taken. Send it again with the same `Idempotency-Key`, or query the order.",
  ),
  OVERLOADED: entry(
    -1008,
    503,
    "Server is currently overloaded with other requests. Please try again in a few minutes.",
    "Nothing was taken. Try again after `Retry-After` seconds.",
  ),
  FILTER_PRICE: entry(
    -1013,
    400,
    "Filter failure: PRICE_FILTER",
    "The price is outside the market's bounds or no multiple of its tick.",
  ),
  FILTER_LOT_SIZE: entry(
    -1013,
    400,
    "Filter failure: LOT_SIZE",
    "The quantity is outside the market's bounds or no multiple of its lot.",
  ),
  FILTER_NOTIONAL: entry(
    -1013,
    400,
    "Filter failure: NOTIONAL",
    "Price × quantity is outside the market's bounds.",
  ),
  TOO_MANY_ORDERS: entry(
    -1015,
    429,
    "Too many new orders; current limit is {}.",
    "Place fewer orders; `Retry-After` says when.",
  ),
  INVALID_TIMESTAMP: entry(
    -1021,
    400,
    "Timestamp for this request is outside of the recvWindow.",
    "Set the clock right, or allow a larger recvWindow (at most 60,000 ms).",
  ),
  INVALID_SIGNATURE: entry(
    -1022,
    400,
    "Signature for this request is not valid.",
    "Sign the bytes as sent with the secret of the key.",
  ),
  ILLEGAL_PARAM: entry(
    -1100,
    400,
    "Illegal characters found in parameter '{}'.",
    "The parameter does not have the form that the documentation of the route gives.",
  ),
  ILLEGAL_CHARACTERS: entry(
    -1100,
    400,
    "Illegal characters found in a parameter.",
    "The request is not properly URL-encoded, or its JSON is malformed.",
  ),
  MANDATORY_PARAM: entry(
    -1102,
    400,
    "Mandatory parameter '{}' was not sent, was empty/null, or malformed.",
    "Send it in the documented form.",
  ),
  EITHER_PARAM: entry(
    -1102,
    400,
    "Param '{}' or 'orderId' must be sent, but both were empty/null!",
    "Name the order by one of the two.",
  ),
  NOT_REQUIRED: entry(
    -1106,
    400,
    "Parameter '{}' sent when not required.",
    "Leave it out for this type of order.",
  ),
  TOO_PRECISE: entry(
    -1111,
    400,
    "Parameter '{}' has too much precision.",
    "Use at most the digits that the asset allows.",
  ),
  INVALID_TIME_IN_FORCE: entry(-1115, 400, "Invalid timeInForce.", "GTC, IOC or FOK."),
  INVALID_ORDER_TYPE: entry(
    -1116,
    400,
    "Invalid orderType.",
    "One of the market's `orderTypes` in exchangeInfo.",
  ),
  INVALID_SIDE: entry(-1117, 400, "Invalid side.", "BUY or SELL."),
  INVALID_INTERVAL: entry(
    -1120,
    400,
    "Invalid interval.",
    "One of the intervals that the documentation of klines lists.",
  ),
  BAD_SYMBOL: entry(-1121, 400, "Invalid symbol.", "exchangeInfo lists the symbols."),
  BAD_COMBINATION: entry(
    -1128,
    400,
    "Combination of optional parameters invalid.",
    "Send one of them only: `symbol` or `symbols`.",
  ),
  INVALID_DATA: entry(
    -1130,
    400,
    "Data sent for parameter '{}' is not valid.",
    "The value is not among those allowed.",
  ),
  BAD_RECV_WINDOW: entry(-1131, 400, "recvWindow must be less than 60000.", "Use a smaller window."),
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
    "The client order id was used within the last 24 hours (stricter than Binance, where only open orders count).",
  ),
  WOULD_TAKE: entry(
    -2010,
    400,
    "Order would immediately match and take.",
    "A LIMIT_MAKER order must not take; use another price.",
  ),
  UNKNOWN_ORDER: entry(-2011, 400, "Unknown order sent.", "The account has no such open order."),
  NO_SUCH_ORDER: entry(
    -2013,
    400,
    "Order does not exist.",
    "The account never had such an order in this market.",
  ),
  BAD_API_KEY_FORMAT: entry(
    -2014,
    401,
    "API-key format invalid.",
    "Send the key in the header X-MBX-APIKEY, or sign in.",
  ),
  REJECTED_API_KEY: entry(
    -2015,
    401,
    "Invalid API-key, IP, or permissions for action.",
    "Check the key, and that it may trade.",
  ),
  AMEND_REJECTED: entry(
    -2038,
    400,
    "Order amend (quantity increase) is not supported.",
    "The new quantity must be below the present one and above what was executed.",
  ),
  NOT_FOUND: entry(-9000, 404, "There is nothing at this address.", "See the API documentation at /docs."),
  TOO_LARGE: entry(-9001, 413, "The request is larger than {} bytes.", "Send less at once."),
  FOREIGN_ORIGIN: entry(
    -9002,
    403,
    "This request comes from another site.",
    "A session cookie acts only from Meridian's own pages; programs use API keys.",
  ),
  NAME_TAKEN: entry(-9010, 409, "This name is taken.", "Choose another name."),
  WRONG_PASSWORD: entry(
    -9011,
    401,
    "Wrong name or password.",
    "Try again; after many failures wait for `Retry-After` seconds.",
  ),
  TOO_MANY_SIGN_INS: entry(
    -9012,
    429,
    "Too many attempts; try again later.",
    "Wait for `Retry-After` seconds.",
  ),
  TOO_MANY_KEYS: entry(-9013, 409, "This account has as many API keys as it may have.", "Delete one."),
  NO_SUCH_KEY: entry(-9014, 404, "This account has no such API key.", "List the keys."),
  INVALID_FIELD: entry(
    -9020,
    400,
    "The field '{}' is missing or not valid.",
    "The answer's `field` names it; the documentation gives its form.",
  ),
  WRONG_USER: entry(
    -9021,
    403,
    "The field 'userID' is not the signed-in user.",
    "Orders can be placed for oneself only.",
  ),
  FAUCET_LIMIT: entry(
    -9030,
    429,
    "Test funds were already given; try again later.",
    "Wait for `Retry-After` seconds.",
  ),
  AMOUNT_TOO_LARGE: entry(
    -9031,
    400,
    "The amount of this asset would pass what the shard may hold.",
    "Ask for less.",
  ),
  NAME_TAKEN: entry(
    -9006,
    409,
    "This name is taken.",
    "Choose another name; names compare case-insensitively.",
  ),
  WRONG_PASSWORD: entry(-9007, 401, "Name or password is wrong.", "Which of the two is not told."),
  TOO_MANY_KEYS: entry(-9008, 409, "The account has too many API keys.", "Delete one first."),
  NO_SUCH_KEY: entry(-9009, 404, "The account has no such API key.", "List the keys to see which there are."),
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
    options: {
      detail?: string;
      details?: readonly string[];
      field?: string;
      retryAfterSeconds?: number;
    } = {},
  ) {
    const entry = ERRORS[name];
    const details = [...(options.details ?? [options.detail ?? options.field ?? ""])];
    super(entry.msg.replace(/\{\}/g, () => details.shift() ?? ""));
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
  "supply-exceeded": "INVALID_DATA",
  "immutable-definition": "UNKNOWN",
  "malformed-definition": "UNKNOWN",
} as const satisfies Record<RejectReason, ErrorName>;
