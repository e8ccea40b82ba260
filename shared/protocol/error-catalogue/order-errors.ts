import { type ErrorEntry, entry } from "./error-entry.ts";

/** -2010 to -2099: what cannot be done with orders, and with keys. */
export const ORDER_ERRORS = {
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
  SUBSCRIPTION_ACTIVE: entry(
    -2035,
    400,
    "User Data Stream subscription already active.",
    "The connection follows this account already.",
  ),
  SUBSCRIPTION_INACTIVE: entry(
    -2036,
    400,
    "User Data Stream subscription not active.",
    "The connection follows no account, or not under this subscriptionId.",
  ),
  AMEND_NOT_LOWER: entry(
    -2038,
    400,
    "The quantity of an amended order must be lower than before, and more than what was executed.",
    "Amending only lowers a quantity.",
  ),
} as const satisfies Record<string, ErrorEntry>;
