import { type ErrorEntry, entry } from "./error-entry.ts";

/** -1013: what a market's filters and state refuse. */
export const FILTER_ERRORS = {
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
} as const satisfies Record<string, ErrorEntry>;
