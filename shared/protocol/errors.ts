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
    "A fault of the server; it is logged with the request's id.",
  ),
  UNAUTHORIZED: entry(
    -1002,
    401,
    "You are not authorized to execute this request.",
    "Sign in (again), or use a key that may do this.",
  ),
  TOO_MANY_REQUESTS: entry(
    -1003,
    429,
    "Too much request weight used; current limit is {} request weight per {}. Please use WebSocket Streams for live updates to avoid polling the API.",
    "Slow down; `Retry-After` says for how many seconds.",
  ),
  BANNED: entry(
    -1003,
    418,
    "Way too much request weight used; IP banned until {}. Please use WebSocket Streams for live updates to avoid bans.",
    "Requests went on after many 429 answers; `Retry-After` says for how many seconds the ban lasts. Epoch ms in the message.",
  ),
  STATUS_UNKNOWN: entry(
    -1007,
    504,
    "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    "The command may or may not have been taken: retry with the same id, or query it.",
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
  FILTER_PERCENT_PRICE: entry(
    -1013,
    400,
    "Filter failure: PERCENT_PRICE_BY_SIDE",
    "The price is too far from the last one for its side.",
  ),
  FILTER_MARKET_LOT_SIZE: entry(
    -1013,
    400,
    "Filter failure: MARKET_LOT_SIZE",
    "The quantity is outside the market's bounds for orders without a price.",
  ),
  FILTER_ICEBERG_PARTS: entry(
    -1013,
    400,
    "Filter failure: ICEBERG_PARTS",
    "The iceberg would have too many parts: icebergQty is too small.",
  ),
  FILTER_TRAILING_DELTA: entry(
    -1013,
    400,
    "Filter failure: TRAILING_DELTA",
    "trailingDelta is outside the market's bounds for this type and side.",
  ),
  FILTER_MAX_NUM_ORDERS: entry(
    -1013,
    400,
    "Filter failure: MAX_NUM_ORDERS",
    "The account has as many open orders in this market as it may have.",
  ),
  FILTER_MAX_NUM_ALGO_ORDERS: entry(
    -1013,
    400,
    "Filter failure: MAX_NUM_ALGO_ORDERS",
    "The account has as many open stop loss and take profit orders in this market as it may have.",
  ),
  FILTER_MAX_NUM_ICEBERG_ORDERS: entry(
    -1013,
    400,
    "Filter failure: MAX_NUM_ICEBERG_ORDERS",
    "The account has as many open icebergs in this market as it may have.",
  ),
  FILTER_MAX_NUM_ORDER_LISTS: entry(
    -1013,
    400,
    "Filter failure: MAX_NUM_ORDER_LISTS",
    "The account has as many open order lists in this market as it may have.",
  ),
  FILTER_MAX_POSITION: entry(
    -1013,
    400,
    "Filter failure: MAX_POSITION",
    "What the account has of the base asset and what its open BUY orders would add is more than the market allows.",
  ),
  INVALID_SELF_TRADE_PREVENTION: entry(
    -1013,
    400,
    "This symbol does not allow the specified self-trade prevention mode.",
    "See exchangeInfo for the modes that the market allows.",
  ),
  MARKET_CLOSED: entry(
    -1013,
    400,
    "Market is closed.",
    "The market's state does not take this now; exchangeInfo tells the state.",
  ),
  UNSUPPORTED_COMBINATION: entry(
    -1014,
    400,
    "Unsupported order combination.",
    "These orders make no order list.",
  ),
  TOO_MANY_ORDERS: entry(
    -1015,
    429,
    "Too many new orders; current limit is {} orders per {}.",
    "The account placed too many orders; see `GET /api/v3/rateLimit/order`.",
  ),
  INVALID_TIMESTAMP: entry(
    -1021,
    400,
    "Timestamp for this request is outside of the recvWindow.",
    "Set the clock, or a larger recvWindow (at most 60,000 ms).",
  ),
  TIMESTAMP_AHEAD: entry(
    -1021,
    400,
    "Timestamp for this request was 1000ms ahead of the server's time.",
    "Set the clock; `GET /api/v3/time` tells the server's.",
  ),
  INVALID_SIGNATURE: entry(
    -1022,
    400,
    "Signature for this request is not valid.",
    "Sign the bytes as sent with the key's secret.",
  ),
  ILLEGAL_CHARACTERS: entry(
    -1100,
    400,
    "Illegal characters found in a parameter.",
    "A name or value is not percent-encoded UTF-8.",
  ),
  ILLEGAL_CHARS: entry(
    -1100,
    400,
    "Illegal characters found in parameter '{}'; legal range is '{}'.",
    "The value does not match the pattern.",
  ),
  DUPLICATE_PARAM: entry(
    -1101,
    400,
    "Duplicate values for a parameter detected.",
    "Send each parameter once.",
  ),
  MANDATORY_PARAM: entry(
    -1102,
    400,
    "Mandatory parameter '{}' was not sent, was empty/null, or malformed.",
    "Send it.",
  ),
  MANDATORY_EITHER: entry(
    -1102,
    400,
    "Param '{}' or '{}' must be sent, but both were empty/null!",
    "Send one of the two.",
  ),
  UNKNOWN_PARAM: entry(
    -1103,
    400,
    "An unknown parameter was sent.",
    "No request of this API has such a parameter.",
  ),
  UNREAD_PARAM: entry(
    -1104,
    400,
    "Not all sent parameters were read; read '{}' parameter(s) but was sent '{}'.",
    "The request has parameters that belong to other requests.",
  ),
  PARAM_EMPTY: entry(-1105, 400, "Parameter '{}' was empty.", "Leave it out, or give it a value."),
  PARAM_NOT_REQUIRED: entry(
    -1106,
    400,
    "Parameter '{}' sent when not required.",
    "Leave it out for this order type.",
  ),
  BAD_PRECISION: entry(
    -1111,
    400,
    "Parameter '{}' has too much precision.",
    "Use at most the digits that the asset has.",
  ),
  INVALID_TIF: entry(-1115, 400, "Invalid timeInForce.", "GTC, IOC, FOK or GTD."),
  INVALID_ORDER_TYPE: entry(-1116, 400, "Invalid orderType.", "The types that work are in exchangeInfo."),
  INVALID_SIDE: entry(-1117, 400, "Invalid side.", "BUY or SELL."),
  BAD_INTERVAL: entry(
    -1120,
    400,
    "Invalid interval.",
    "1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d, 3d, 1w or 1M.",
  ),
  BAD_SYMBOL: entry(-1121, 400, "Invalid symbol.", "See exchangeInfo for the symbols."),
  INTERVAL_TOO_BIG: entry(
    -1127,
    400,
    "More than {} hours between startTime and endTime.",
    "Ask for a shorter span.",
  ),
  BAD_COMBINATION: entry(
    -1128,
    400,
    "Combination of optional parameters invalid.",
    "See the request's description for what goes together.",
  ),
  INVALID_DATA: entry(
    -1130,
    400,
    "Invalid data sent for a parameter.",
    "The request is not encoded as it should be, or an order makes no sense.",
  ),
  ILLEGAL_PARAM: entry(
    -1130,
    400,
    "Data sent for parameter '{}' is not valid.",
    "The value is out of range.",
  ),
  BAD_RECV_WINDOW: entry(
    -1131,
    400,
    "recvWindow must be less than 60000.",
    "Use at most 60,000 ms; 5,000 or less is wise.",
  ),
  INVALID_JSON: entry(-1135, 400, "Invalid JSON Request", "The body is not JSON."),
  INVALID_CANCEL_RESTRICTIONS: entry(
    -1145,
    400,
    "Invalid cancelRestrictions",
    "ONLY_NEW or ONLY_PARTIALLY_FILLED.",
  ),
  DUPLICATE_SYMBOLS: entry(
    -1151,
    400,
    "Symbol is present multiple times in the list.",
    "Name each symbol once.",
  ),
  OCO_ORDER_TYPE: entry(
    -1158,
    400,
    "Order type not supported in OCO.",
    "LIMIT_MAKER, STOP_LOSS, STOP_LOSS_LIMIT, TAKE_PROFIT or TAKE_PROFIT_LIMIT.",
  ),
  OCO_ICEBERG_TIME_IN_FORCE: entry(
    -1160,
    400,
    "Parameter '{}' is not supported if `aboveTimeInForce`/`belowTimeInForce` is not GTC.",
    "An iceberg rests: GTC, or GTD.",
  ),
  BUY_OCO_LIMIT_MUST_BE_BELOW: entry(
    -1165,
    400,
    "A limit order in a buy OCO must be below.",
    "Exchange above and below.",
  ),
  SELL_OCO_LIMIT_MUST_BE_ABOVE: entry(
    -1166,
    400,
    "A limit order in a sell OCO must be above.",
    "Exchange above and below.",
  ),
  BOTH_OCO_ORDERS_CANNOT_BE_LIMIT: entry(
    -1168,
    400,
    "At least one OCO order must be contingent.",
    "One of the two is a stop loss or take profit order.",
  ),
  BUY_OCO_STOP_LOSS_MUST_BE_ABOVE: entry(
    -1196,
    400,
    "A stop loss order in a buy OCO must be above.",
    "Exchange above and below.",
  ),
  SELL_OCO_STOP_LOSS_MUST_BE_BELOW: entry(
    -1197,
    400,
    "A stop loss order in a sell OCO must be below.",
    "Exchange above and below.",
  ),
  BUY_OCO_TAKE_PROFIT_MUST_BE_BELOW: entry(
    -1198,
    400,
    "A take profit order in a buy OCO must be below.",
    "Exchange above and below.",
  ),
  SELL_OCO_TAKE_PROFIT_MUST_BE_ABOVE: entry(
    -1199,
    400,
    "A take profit order in a sell OCO must be above.",
    "Exchange above and below.",
  ),
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
    "The client order id was used in the last 24 hours, or an open order has it.",
  ),
  WOULD_TAKE: entry(
    -2010,
    400,
    "Order would immediately match and take.",
    "A LIMIT_MAKER order must not take.",
  ),
  WOULD_TRIGGER: entry(
    -2010,
    400,
    "Order would trigger immediately.",
    "The last price already fulfills the stop price's condition.",
  ),
  LIST_PRICE_RELATION: entry(
    -2010,
    400,
    "The relationship of the prices for the orders is not correct.",
    "The price of the order above must be higher than that of the order below.",
  ),
  ICEBERG_EXCEEDS_QUANTITY: entry(
    -2010,
    400,
    "IcebergQty exceeds QTY.",
    "icebergQty must be less than the quantity.",
  ),
  UNKNOWN_ORDER: entry(-2011, 400, "Unknown order sent.", "No open order of the account has this id."),
  UNKNOWN_ORDER_LIST: entry(
    -2011,
    400,
    "Unknown order list sent.",
    "No open order list of the account has this id.",
  ),
  CANCEL_RESTRICTED: entry(
    -2011,
    400,
    "Order was not canceled due to cancel restrictions.",
    "It is not in the status that cancelRestrictions asks for.",
  ),
  NO_SUCH_ORDER: entry(-2013, 400, "Order does not exist.", "The account never had such an order."),
  NO_SUCH_ORDER_LIST: entry(
    -2013,
    400,
    "Order list does not exist.",
    "The account never had such an order list.",
  ),
  BAD_API_KEY_FORMAT: entry(-2014, 401, "API-key format invalid.", "Send the key in X-MBX-APIKEY."),
  REJECTED_API_KEY: entry(
    -2015,
    401,
    "Invalid API-key, IP, or permissions for action.",
    "Check the key and its permissions.",
  ),
  CANCEL_REPLACE_PARTIALLY_FAILED: entry(
    -2021,
    409,
    "Order cancel-replace partially failed.",
    "Either the cancel or the new order failed, not both; `data` tells which.",
  ),
  CANCEL_REPLACE_FAILED: entry(
    -2022,
    400,
    "Order cancel-replace failed.",
    "Nothing was canceled and nothing placed; `data` tells why.",
  ),
  AMEND_NOT_LOWER: entry(
    -2038,
    400,
    "The quantity of an amended order must be lower than before, and more than what was executed.",
    "Amending only lowers a quantity.",
  ),
  NOT_FOUND: entry(-9000, 404, "There is nothing at this address.", "See the API documentation at /docs."),
  TOO_LARGE: entry(-9001, 413, "The request is larger than {} bytes.", "Send less at once."),
  FOREIGN_ORIGIN: entry(
    -9002,
    403,
    "This request comes from another site.",
    "A session cookie acts only from Meridian's own pages; programs use API keys.",
  ),
  UNSUPPORTED_BODY: entry(
    -9003,
    415,
    "The request's body has an unsupported type or encoding.",
    "`application/x-www-form-urlencoded` for the Binance dialect, `application/json` elsewhere, uncompressed.",
  ),
  IDEMPOTENCY_KEY_REUSED: entry(
    -9004,
    409,
    "The idempotency key was used for another request.",
    "Use a new key for a new request.",
  ),
  NO_SUCH_RANGE: entry(
    -9005,
    416,
    "The file has no such range.",
    "Ask for the whole file, or for bytes that it has.",
  ),
  NAME_TAKEN: entry(
    -9010,
    409,
    "This name is taken.",
    "Choose another name; names compare case-insensitively.",
  ),
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
  NO_LAST_PRICE: entry(
    -9040,
    400,
    "There is no last price yet from which to trail.",
    "Send a stopPrice, or wait for the first trade.",
  ),
  SELF_TRADE_IN_AUCTION: entry(
    -9041,
    400,
    "The order would meet an order of your own in the auction.",
    "Another price, or selfTradePreventionMode NONE.",
  ),
  AMEND_IN_LIST: entry(
    -9042,
    400,
    "An order of an order list cannot be amended.",
    "Cancel the list and place another.",
  ),
  GOOD_TILL_DATE_PASSED: entry(-9043, 400, "'goodTillDate' has passed.", "Epoch ms, later than now."),
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
} as const satisfies Record<RejectReason, ErrorName>;
