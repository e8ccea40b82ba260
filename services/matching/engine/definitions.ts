import type { Asset } from "#shared/domain/asset.ts";
import type { RejectReason } from "#shared/domain/event.ts";
import { FEE_DENOMINATOR, type Market } from "#shared/domain/market.ts";
import type { Shard } from "./shard.ts";

/** Ticks. */
export const MAX_PRICE = 1e11;
const MAX_MULTIPLIER = 1_000_000;
const MAX_TRAILING_DELTA = 9_999;

/** Adds an asset. Returns why not, if so. */
export function defineAsset({ assets }: Shard, asset: Asset): RejectReason | undefined {
  if (asset.scale > 15) return "malformed-definition";
  const known = assets.find(asset.id);
  if (known >= 0) return assets.asset(known).scale === asset.scale ? undefined : "immutable-definition";
  assets.define(asset, 0);
  return undefined;
}

/** Adds a market or changes its filters, fees and settings. Returns why not, if so. */
export function defineMarket(shard: Shard, market: Market): RejectReason | undefined {
  if (shard.assets.find(market.base) < 0 || shard.assets.find(market.quote) < 0) return "unknown-asset";
  if (!isWellFormedMarket(market)) return "malformed-definition";
  const known = shard.findMarket(market.id);
  if (known === undefined) {
    shard.addMarket(market).rehash(shard.digest);
    return undefined;
  }
  if (IMMUTABLE.some((name) => known.market[name] !== market[name])) return "immutable-definition";
  known.redefine(market);
  known.rehash(shard.digest);
  return undefined;
}

/** What open orders and balances were computed with. */
const IMMUTABLE = ["base", "quote", "basePerLot", "quotePerTickLot", "priceScale", "tickUnits"] as const;

/** All numbers come out of an encoding, so they are non-negative safe integers. */
export function isWellFormedMarket(market: Market): boolean {
  const atLeastOne = [
    market.basePerLot,
    market.quotePerTickLot,
    market.tickUnits,
    market.minPrice,
    market.minQuantity,
    market.marketMinQuantity,
  ];
  const ranges: [min: number, max: number, most: number][] = [
    [market.minPrice, market.maxPrice, MAX_PRICE],
    [market.minQuantity, market.maxQuantity, Number.MAX_SAFE_INTEGER],
    [market.marketMinQuantity, market.marketMaxQuantity, Number.MAX_SAFE_INTEGER],
    [market.minNotional, market.maxNotional, Number.MAX_SAFE_INTEGER],
    [market.bidMultiplierDown, market.bidMultiplierUp, MAX_MULTIPLIER],
    [market.askMultiplierDown, market.askMultiplierUp, MAX_MULTIPLIER],
    [market.minTrailingAboveDelta, market.maxTrailingAboveDelta, MAX_TRAILING_DELTA],
    [market.minTrailingBelowDelta, market.maxTrailingBelowDelta, MAX_TRAILING_DELTA],
  ];
  return (
    market.base !== market.quote &&
    atLeastOne.every((value) => value >= 1) &&
    ranges.every(([min, max, most]) => min <= max && max <= most) &&
    market.makerFeePpm <= FEE_DENOMINATOR &&
    market.takerFeePpm <= FEE_DENOMINATOR &&
    Number.isSafeInteger(market.maxQuantity * market.basePerLot) &&
    market.allowedSelfTradePrevention.includes(market.defaultSelfTradePrevention)
  );
}
