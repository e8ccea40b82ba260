import type { Asset } from "#shared/domain/asset.ts";
import { parseDecimal } from "#shared/domain/decimal.ts";
import type { AssetId, MarketId, RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { type Market, PARTITION_POLICIES } from "#shared/domain/market.ts";
import type { SelfTradePrevention } from "#shared/domain/order.ts";
import catalogue from "./markets.json" with { type: "json" };

/** What is traded, and where: the Regions, the assets, the markets and the shards that hold them. */
export interface Definitions {
  /** A Region's place here is its part of the ids that its gateways mint: it never changes, and new ones come at the end. */
  readonly regions: readonly RegionId[];
  readonly assets: readonly Asset[];
  /** In the order of the file, which is the order in which pages list them. */
  readonly markets: readonly Market[];
  readonly shards: readonly ShardDefinition[];
}

export interface ShardDefinition {
  readonly id: ShardId;
  /** The Region that owns it at first. */
  readonly home: RegionId;
  readonly markets: readonly MarketId[];
}

/** A market as the file has it: decimals as text. */
export interface MarketText {
  readonly id: string;
  readonly base: string;
  readonly quote: string;
  readonly tickSize: string;
  readonly stepSize: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly minQty: string;
  readonly maxQty: string;
  readonly minNotional: string;
  readonly maxNotional: string;
  readonly marketMinQty: string;
  readonly marketMaxQty: string;
  readonly bidMultiplierUp: string;
  readonly bidMultiplierDown: string;
  readonly askMultiplierUp: string;
  readonly askMultiplierDown: string;
  readonly maxIcebergParts: number;
  readonly maxNumOrders: number;
  readonly maxNumAlgoOrders: number;
  readonly maxNumIcebergOrders: number;
  readonly maxNumOrderLists: number;
  /** "0" for no limit. */
  readonly maxPosition: string;
  readonly minTrailingAboveDelta: number;
  readonly maxTrailingAboveDelta: number;
  readonly minTrailingBelowDelta: number;
  readonly maxTrailingBelowDelta: number;
  readonly makerFee: string;
  readonly takerFee: string;
  readonly defaultSelfTradePrevention: string;
  readonly allowedSelfTradePrevention: readonly string[];
  readonly partitionPolicy: string;
}

/** The definitions of `markets.json`. */
export function defaultDefinitions(): Definitions {
  const assets = catalogue.assets.map(({ id, scale }) => ({ id: id as AssetId, scale }));
  return {
    regions: catalogue.regions as RegionId[],
    assets,
    markets: catalogue.markets.map((text) => marketFrom(text, assets)),
    shards: catalogue.shards.map(({ id, home, markets }) => ({
      id: id as ShardId,
      home: home as RegionId,
      markets: markets as MarketId[],
    })),
  };
}

/** Markets and assets by their ids. */
export function marketsById({ markets, assets }: Definitions) {
  return {
    market: (id: string) => markets.find((market) => market.id === id),
    asset: (id: string) => assets.find((asset) => asset.id === id),
  };
}

/** A market in the engine's integers. Throws `InvariantViolation` for a file that makes no sense: it is part of the program. */
export function marketFrom(text: MarketText, assets: readonly Asset[]): Market {
  const base = assetOf(text.base, assets);
  const quote = assetOf(text.quote, assets);
  const priceScale = fractionDigits(text.tickSize);
  const tickUnits = units(text.tickSize, priceScale);
  const basePerLot = units(text.stepSize, base.scale);
  const stepDigits = fractionDigits(text.stepSize);
  const rest = quote.scale - priceScale - stepDigits;
  assert(rest >= 0, `${text.id}: tick × lot is finer than the smallest unit of ${quote.id}`);
  const ticks = (price: string) => quotient(units(price, priceScale), tickUnits, text.id);
  const lots = (quantity: string) => quotient(units(quantity, base.scale), basePerLot, text.id);
  const partitionPolicy = PARTITION_POLICIES.find((policy) => policy === text.partitionPolicy);
  assert(partitionPolicy !== undefined, `${text.id}: unknown partition policy ${text.partitionPolicy}`);
  return {
    id: text.id as MarketId,
    base: base.id,
    quote: quote.id,
    basePerLot,
    quotePerTickLot: tickUnits * units(text.stepSize, stepDigits) * 10 ** rest,
    priceScale,
    tickUnits,
    minPrice: ticks(text.minPrice),
    maxPrice: ticks(text.maxPrice),
    minQuantity: lots(text.minQty),
    maxQuantity: lots(text.maxQty),
    minNotional: units(text.minNotional, quote.scale),
    maxNotional: units(text.maxNotional, quote.scale),
    marketMinQuantity: lots(text.marketMinQty),
    marketMaxQuantity: lots(text.marketMaxQty),
    bidMultiplierUp: units(text.bidMultiplierUp, 4),
    bidMultiplierDown: units(text.bidMultiplierDown, 4),
    askMultiplierUp: units(text.askMultiplierUp, 4),
    askMultiplierDown: units(text.askMultiplierDown, 4),
    maxIcebergParts: text.maxIcebergParts,
    maxOrders: text.maxNumOrders,
    maxAlgoOrders: text.maxNumAlgoOrders,
    maxIcebergOrders: text.maxNumIcebergOrders,
    maxOrderLists: text.maxNumOrderLists,
    maxPosition: units(text.maxPosition, base.scale),
    minTrailingAboveDelta: text.minTrailingAboveDelta,
    maxTrailingAboveDelta: text.maxTrailingAboveDelta,
    minTrailingBelowDelta: text.minTrailingBelowDelta,
    maxTrailingBelowDelta: text.maxTrailingBelowDelta,
    makerFeePpm: units(text.makerFee, 6),
    takerFeePpm: units(text.takerFee, 6),
    defaultSelfTradePrevention: text.defaultSelfTradePrevention as SelfTradePrevention,
    allowedSelfTradePrevention: text.allowedSelfTradePrevention as readonly SelfTradePrevention[],
    partitionPolicy,
  };
}

function assetOf(id: string, assets: readonly Asset[]): Asset {
  const asset = assets.find((candidate) => candidate.id === id);
  assert(asset !== undefined, `unknown asset ${id}`);
  return asset;
}

function units(text: string, scale: number): number {
  const result = parseDecimal(text, scale);
  assert(result.ok, `not a decimal of scale ${scale}: ${text}`);
  return result.units;
}

function quotient(value: number, divisor: number, market: string): number {
  assert(value % divisor === 0, `${market}: a bound is no multiple of its step`);
  return value / divisor;
}

function fractionDigits(text: string): number {
  return text.split(".")[1]?.replace(/0+$/, "").length ?? 0;
}
