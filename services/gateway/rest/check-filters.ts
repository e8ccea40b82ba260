import { type Market, notionalOf, scaledDown, scaledUp, type TradingState } from "#shared/domain/market.ts";
import { isMarketType, type OrderTerms, triggersUpward } from "#shared/domain/order.ts";
import { ApiError, type ErrorName } from "#shared/protocol/errors.ts";

/** What the checks need to know of the fold besides the market's definition. */
export interface MarketMoment {
  readonly tradingState: TradingState;
  /** Ticks; 0 before the first trade. */
  readonly lastPrice: number;
  /** The shard's time, epoch ms. */
  readonly time: number;
}

interface Check {
  readonly error: ErrorName;
  /** True where the market's definition alone decides: then it is as sure here as in the fold. */
  readonly isStateless: boolean;
  fails(market: Market, order: OrderTerms, moment: MarketMoment, isPending: boolean): boolean;
}

/** docs/engine-rules.md, PlaceOrder 3 to 12, in this order. */
const CHECKS: readonly Check[] = [
  {
    error: "MARKET_CLOSED",
    isStateless: false,
    fails: (_market, { type, timeInForce }, { tradingState }, isPending) => {
      if (tradingState === "HALT" || tradingState === "CANCEL_ONLY") return true;
      if (tradingState === "TRADING" || isPending) return false;
      return type === "MARKET" || (type === "LIMIT" && (timeInForce === "IOC" || timeInForce === "FOK"));
    },
  },
  {
    error: "GOOD_TILL_DATE_PASSED",
    isStateless: false,
    fails: (_market, { goodTillDate }, { time }) => goodTillDate > 0 && goodTillDate <= time,
  },
  {
    error: "INVALID_SELF_TRADE_PREVENTION",
    isStateless: true,
    fails: (market, order) => !market.allowedSelfTradePrevention.includes(order.selfTradePrevention),
  },
  {
    error: "FILTER_PRICE",
    isStateless: true,
    fails: ({ minPrice, maxPrice }, { price, stopPrice }) =>
      isOutside(price, minPrice, maxPrice) || isOutside(stopPrice, minPrice, maxPrice),
  },
  {
    error: "FILTER_PERCENT_PRICE",
    isStateless: false,
    fails: (market, { side, price }, { lastPrice }) => {
      const [up, down] =
        side === "BUY"
          ? [market.bidMultiplierUp, market.bidMultiplierDown]
          : [market.askMultiplierUp, market.askMultiplierDown];
      if (lastPrice === 0 || !hasPercentPrice(market)) return false;
      return isOutside(price, scaledUp(lastPrice, down), scaledDown(lastPrice, up));
    },
  },
  {
    error: "FILTER_LOT_SIZE",
    isStateless: true,
    fails: ({ minQuantity, maxQuantity }, { quantity, icebergQuantity }) =>
      isOutside(quantity, minQuantity, maxQuantity) || isOutside(icebergQuantity, minQuantity, maxQuantity),
  },
  {
    error: "FILTER_MARKET_LOT_SIZE",
    isStateless: true,
    fails: ({ marketMinQuantity, marketMaxQuantity }, { type, quantity }) =>
      isMarketType(type) && isOutside(quantity, marketMinQuantity, marketMaxQuantity),
  },
  { error: "FILTER_NOTIONAL", isStateless: true, fails: (...at) => failsNotional(...at, true) },
  { error: "FILTER_NOTIONAL", isStateless: false, fails: (...at) => failsNotional(...at, false) },
  {
    error: "FILTER_ICEBERG_PARTS",
    isStateless: true,
    fails: ({ maxIcebergParts }, { quantity, icebergQuantity }) =>
      icebergQuantity > 0 && maxIcebergParts > 0 && Math.ceil(quantity / icebergQuantity) > maxIcebergParts,
  },
  {
    error: "FILTER_TRAILING_DELTA",
    isStateless: true,
    fails: (market, { type, side, trailingDelta }) => {
      const [min, max] = triggersUpward(type, side)
        ? [market.minTrailingAboveDelta, market.maxTrailingAboveDelta]
        : [market.minTrailingBelowDelta, market.maxTrailingBelowDelta];
      return max > 0 && isOutside(trailingDelta, min, max);
    },
  },
];

/** Refuses whatever the fold would refuse by these rules now: for orders that are only tested. */
export function checkAllFilters(market: Market, order: OrderTerms, moment: MarketMoment): void {
  const failed = firstFailed(market, order, moment, false);
  if (failed !== undefined) throw new ApiError(failed.error);
}

/**
 * Refuses before the log what the fold is sure to refuse for the same reason: the first rule that fails, if the market's definition alone
 * decides it. Where the moment decides, the fold does.
 *
 * @param orders one order, or those of a list, each of which may be pending
 */
export function refuseEarly(
  market: Market,
  orders: readonly { readonly terms: OrderTerms; readonly isPending: boolean }[],
  moment: MarketMoment,
): void {
  for (const { terms, isPending } of orders) {
    const failed = firstFailed(market, terms, moment, isPending);
    if (failed === undefined) continue;
    if (failed.isStateless) throw new ApiError(failed.error);
    return;
  }
}

function firstFailed(market: Market, order: OrderTerms, moment: MarketMoment, isPending: boolean) {
  return CHECKS.find((check) => check.fails(market, order, moment, isPending));
}

/** By the order's own price or amount if `byItself`, else by the last price where it has none. */
function failsNotional(
  market: Market,
  order: OrderTerms,
  { lastPrice }: MarketMoment,
  _isPending: boolean,
  byItself: boolean,
): boolean {
  const { price, quantity, quoteQuantity, stopPrice } = order;
  if (quoteQuantity > 0) return byItself && isOutside(quoteQuantity, market.minNotional, market.maxNotional);
  const own = price > 0 ? price : stopPrice;
  const reference = byItself ? own : own > 0 ? 0 : lastPrice;
  if (reference === 0) return false;
  const notional = notionalOf(market, reference, quantity);
  return notional < market.minNotional || notional > market.maxNotional;
}

/** False for 0: not sent. */
function isOutside(value: number, min: number, max: number): boolean {
  return value > 0 && (value < min || value > max);
}

/** All four multipliers 0: no such filter. */
export function hasPercentPrice(market: Market): boolean {
  const { bidMultiplierUp, bidMultiplierDown, askMultiplierUp, askMultiplierDown } = market;
  return bidMultiplierUp + bidMultiplierDown + askMultiplierUp + askMultiplierDown > 0;
}
