import { type ErrorEntry, entry } from "./error-entry.ts";

/** From -9000 down: Meridian's own. */
export const MERIDIAN_ERRORS = {
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
  NOT_IN_FORK: entry(
    -9050,
    503,
    "Not possible while this Region is cut off from the majority.",
    "Deposits, withdrawals, transfers and changes of markets wait until the Regions agree again. Nothing was taken; try again later.",
  ),
  MARKET_HALTS_IN_FORK: entry(
    -9051,
    503,
    "This market is halted while this Region is cut off from the majority.",
    "Its orders wait until the Regions agree again. Nothing was taken; try again later.",
  ),
  OWNER_UNREACHABLE: entry(
    -9052,
    503,
    "The Region that owns this shard cannot be reached.",
    "Nothing was taken; retry after `Retry-After` seconds.",
  ),
  OUTBOX_FULL: entry(
    -9053,
    503,
    "The Region that owns this market cannot be reached, and as many orders as may wait for it do.",
    "Nothing was taken; retry after `Retry-After` seconds, or cancel orders that are QUEUED.",
  ),
} as const satisfies Record<string, ErrorEntry>;
