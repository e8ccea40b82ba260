import type { Asset } from "#shared/domain/asset.ts";
import type { RejectReason } from "#shared/domain/event.ts";
import { FEE_DENOMINATOR, type Market } from "#shared/domain/market.ts";
import { MarketBook } from "./market-book.ts";
import type { ShardState } from "./shard-state.ts";

/** Adds an asset. Returns why not, if so. */
export function defineAsset(state: ShardState, asset: Asset): RejectReason | undefined {
  if (!isCount(asset.scale) || asset.scale > 15) return "malformed-definition";
  const known = state.assets.get(asset.id);
  if (known !== undefined) return known.asset.scale === asset.scale ? undefined : "immutable-definition";
  state.assets.set(asset.id, { asset, supply: 0 });
  return undefined;
}

/** Adds a market or changes its filters, fees and settings. Returns why not, if so. */
export function defineMarket(state: ShardState, market: Market): RejectReason | undefined {
  if (!state.assets.has(market.base) || !state.assets.has(market.quote)) return "unknown-asset";
  if (!isWellFormed(market)) return "malformed-definition";
  const book = state.books.get(market.id);
  if (book === undefined) {
    state.books.set(market.id, new MarketBook(market));
    return undefined;
  }
  if (IMMUTABLE.some((name) => book.market[name] !== market[name])) return "immutable-definition";
  book.market = market;
  return undefined;
}

/** What resting orders and balances were computed with. */
const IMMUTABLE = ["base", "quote", "basePerLot", "quotePerTickLot", "priceScale", "tickUnits"] as const;

const NUMBERS = [
  "basePerLot",
  "quotePerTickLot",
  "priceScale",
  "tickUnits",
  "minPrice",
  "maxPrice",
  "minQuantity",
  "maxQuantity",
  "minNotional",
  "maxNotional",
  "makerFeePpm",
  "takerFeePpm",
] as const;

function isWellFormed(market: Market): boolean {
  return (
    market.base !== market.quote &&
    NUMBERS.every((name) => isCount(market[name])) &&
    market.basePerLot >= 1 &&
    market.quotePerTickLot >= 1 &&
    market.tickUnits >= 1 &&
    market.minPrice >= 1 &&
    market.minQuantity >= 1 &&
    market.minPrice <= market.maxPrice &&
    market.minQuantity <= market.maxQuantity &&
    market.minNotional <= market.maxNotional &&
    market.makerFeePpm <= FEE_DENOMINATOR &&
    market.takerFeePpm <= FEE_DENOMINATOR &&
    isCount(market.maxQuantity * market.basePerLot) &&
    market.allowedSelfTradePrevention.includes(market.defaultSelfTradePrevention)
  );
}

/** A non-negative safe integer. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
