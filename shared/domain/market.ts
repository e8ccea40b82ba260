import type { AssetId, MarketId } from "./ids.ts";
import type { SelfTradePrevention } from "./order.ts";

/**
 * What a market takes: everything; nothing (HALT); orders that rest, without matching, for a call auction (BREAK); cancels only.
 */
export const TRADING_STATES = ["TRADING", "HALT", "BREAK", "CANCEL_ONLY"] as const;
export type TradingState = (typeof TRADING_STATES)[number];

/** What a market does in a Region that is cut off from the majority: trade on provisionally, or let orders wait. */
export const PARTITION_POLICIES = ["match-locally", "halt"] as const;
export type PartitionPolicy = (typeof PARTITION_POLICIES)[number];

/**
 * A tradable pair. Prices are integers of ticks, quantities integers of lots, and
 * `price × quantity × quotePerTickLot` is the notional in the smallest unit of the quote asset.
 */
export interface Market {
  readonly id: MarketId;
  readonly base: AssetId;
  readonly quote: AssetId;
  /** Smallest units of the base asset in one lot (LOT_SIZE stepSize). */
  readonly basePerLot: number;
  /** Smallest units of the quote asset that one lot costs at a price of one tick. */
  readonly quotePerTickLot: number;
  /** Fraction digits of a price: a tick is `tickUnits` × 10^-priceScale (PRICE_FILTER tickSize). */
  readonly priceScale: number;
  readonly tickUnits: number;
  /** PRICE_FILTER, in ticks. */
  readonly minPrice: number;
  readonly maxPrice: number;
  /** LOT_SIZE, in lots. */
  readonly minQuantity: number;
  readonly maxQuantity: number;
  /** NOTIONAL, in smallest units of the quote asset. */
  readonly minNotional: number;
  readonly maxNotional: number;
  /** MARKET_LOT_SIZE, in lots. */
  readonly marketMinQuantity: number;
  readonly marketMaxQuantity: number;
  /** PERCENT_PRICE_BY_SIDE, in ten-thousandths of the last price; all four 0: no such filter. */
  readonly bidMultiplierUp: number;
  readonly bidMultiplierDown: number;
  readonly askMultiplierUp: number;
  readonly askMultiplierDown: number;
  /** ICEBERG_PARTS; this and the limits below: 0 = no such filter. */
  readonly maxIcebergParts: number;
  /** MAX_NUM_ORDERS, MAX_NUM_ALGO_ORDERS, MAX_NUM_ICEBERG_ORDERS, MAX_NUM_ORDER_LISTS: open ones of an account in this market. */
  readonly maxOrders: number;
  readonly maxAlgoOrders: number;
  readonly maxIcebergOrders: number;
  readonly maxOrderLists: number;
  /** MAX_POSITION, in smallest units of the base asset. */
  readonly maxPosition: number;
  /** TRAILING_DELTA, in BIPS (hundredths of a percent). */
  readonly minTrailingAboveDelta: number;
  readonly maxTrailingAboveDelta: number;
  readonly minTrailingBelowDelta: number;
  readonly maxTrailingBelowDelta: number;
  /** Parts per million of what is received. */
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
  readonly defaultSelfTradePrevention: SelfTradePrevention;
  readonly allowedSelfTradePrevention: readonly SelfTradePrevention[];
  readonly partitionPolicy: PartitionPolicy;
}

/** Fees are taken in parts per million. */
export const FEE_DENOMINATOR = 1_000_000;

/**
 * The notional of a quantity at a price, in smallest units of the quote asset; above `Number.MAX_SAFE_INTEGER` when it
 * does not fit, which callers must refuse. (A product beyond 2^53 - 1 never rounds down below 2^53.)
 */
export function notionalOf(market: Market, price: number, quantity: number): number {
  return price * quantity * market.quotePerTickLot;
}

/**
 * The fee on an amount received, rounded down to the smallest unit, exact for any safe integer:
 * ⌊amount × ppm / 10^6⌋ computed in two parts so that no product passes 2^53.
 */
export function feeOn(amount: number, ppm: number): number {
  const rest = amount % FEE_DENOMINATOR;
  const whole = (amount - rest) / FEE_DENOMINATOR;
  const part = rest * ppm;
  return whole * ppm + (part - (part % FEE_DENOMINATOR)) / FEE_DENOMINATOR;
}

/** Multipliers of prices and trailing deltas are in ten-thousandths. */
export const RATIO_DENOMINATOR = 10_000;

/** ⌊price × ratio ÷ 10^4⌋ for a price ≤ 10^11 and a ratio ≤ 10^6, computed in two parts so that no product passes 2^53. */
export function scaledDown(price: number, ratio: number): number {
  const rest = price % RATIO_DENOMINATOR;
  return ((price - rest) / RATIO_DENOMINATOR) * ratio + Math.floor((rest * ratio) / RATIO_DENOMINATOR);
}

/** ⌈price × ratio ÷ 10^4⌉, as {@link scaledDown}. */
export function scaledUp(price: number, ratio: number): number {
  const rest = price % RATIO_DENOMINATOR;
  return ((price - rest) / RATIO_DENOMINATOR) * ratio + Math.ceil((rest * ratio) / RATIO_DENOMINATOR);
}
