import type { Command } from "#shared/domain/command.ts";
import type { AssetId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import type { Draw } from "./draw.ts";
import { ASSETS, type Setting } from "./stream-setting.ts";

/** Filters that bite, among prices of about 100 and quantities of a few lots. */
const TIGHT: readonly Partial<Market>[] = [
  { minPrice: 98 },
  { maxPrice: 102 },
  { minQuantity: 3 },
  { maxQuantity: 8 },
  { marketMinQuantity: 3 },
  { marketMaxQuantity: 4 },
  { minNotional: 300 },
  { maxNotional: 1500 },
  { bidMultiplierUp: 10_150, bidMultiplierDown: 9_900, askMultiplierUp: 10_199, askMultiplierDown: 9_801 },
  { maxIcebergParts: 3 },
  { maxOrders: 3 },
  { maxAlgoOrders: 1 },
  { maxIcebergOrders: 1 },
  { maxOrderLists: 1 },
  { maxPosition: 60 },
  { minTrailingAboveDelta: 150, maxTrailingAboveDelta: 200 },
  { minTrailingBelowDelta: 100, maxTrailingBelowDelta: 150 },
  { minTrailingAboveDelta: 0, maxTrailingAboveDelta: 0 },
  { allowedSelfTradePrevention: ["NONE", "EXPIRE_MAKER"] },
  { partitionPolicy: "halt" },
  { partitionPolicy: "match-locally", minNotional: 300, minQuantity: 3 },
  { makerFeePpm: 1_000_000, takerFeePpm: 999_999 },
];

/** What matters to forks: whether they trade, and what is less than an order may be. */
const OF_FORKS: readonly Partial<Market>[] = [
  { partitionPolicy: "halt" },
  { minQuantity: 3 },
  { minNotional: 300 },
];

/** Definitions that are refused. */
const WRONG: readonly Partial<Market>[] = [
  { makerFeePpm: 1_000_001 },
  { minPrice: 0 },
  { minPrice: 100_001 },
  { maxPrice: 100_000_000_001 },
  { minQuantity: 0 },
  { marketMinQuantity: 0 },
  { marketMinQuantity: 2, marketMaxQuantity: 1 },
  { bidMultiplierDown: 2, bidMultiplierUp: 1 },
  { askMultiplierUp: 1_000_001 },
  { maxTrailingBelowDelta: 10_000 },
  { minTrailingAboveDelta: 10, maxTrailingAboveDelta: 9 },
  { basePerLot: 2 },
  { quotePerTickLot: 2 },
  { tickUnits: 5 },
  { priceScale: 3 },
  { quote: "XXX" as AssetId },
  { quote: "AAA" as AssetId, base: "AAA" as AssetId },
  { maxQuantity: Number.MAX_SAFE_INTEGER, basePerLot: 7 },
  { allowedSelfTradePrevention: ["DECREMENT"] },
];

/** A market with changed filters, or as it was in the beginning, or one that is refused. */
export function someMarketDefinition(draw: Draw, { markets, theme }: Setting): Command {
  const tight = theme === "forks" && draw.perMille(600) ? OF_FORKS : TIGHT;
  const change = draw.weighted({ none: 4, tight: theme === "filters" ? 12 : 4, wrong: 1 });
  const changes = { none: {}, tight: draw.pick(tight), wrong: draw.pick(WRONG) }[change];
  return { kind: "DefineMarket", market: { ...draw.pick(markets), ...changes } };
}

export function someAssetDefinition(draw: Draw): Command {
  const asset = draw.pick([...ASSETS, { id: "NEW" as AssetId, scale: 0 }]);
  return { kind: "DefineAsset", asset: { ...asset, scale: asset.scale + draw.pick([0, 0, 1, 16]) } };
}
