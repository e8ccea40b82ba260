import type { Asset } from "../asset.ts";
import { type Market, PARTITION_POLICIES } from "../market.ts";
import { SELF_TRADE_PREVENTIONS } from "../order.ts";
import { type Codec, type Fields, list, oneOf, struct, text, uint } from "./codec.ts";

export const assetCodec = struct<Asset>({ id: text(), scale: uint() });

/** What a market was before it had a partition policy. */
type FirstMarket = Omit<Market, "partitionPolicy">;

const firstFields: Fields<FirstMarket> = {
  id: text(),
  base: text(),
  quote: text(),
  basePerLot: uint(),
  quotePerTickLot: uint(),
  priceScale: uint(),
  tickUnits: uint(),
  minPrice: uint(),
  maxPrice: uint(),
  minQuantity: uint(),
  maxQuantity: uint(),
  minNotional: uint(),
  maxNotional: uint(),
  marketMinQuantity: uint(),
  marketMaxQuantity: uint(),
  bidMultiplierUp: uint(),
  bidMultiplierDown: uint(),
  askMultiplierUp: uint(),
  askMultiplierDown: uint(),
  maxIcebergParts: uint(),
  maxOrders: uint(),
  maxAlgoOrders: uint(),
  maxIcebergOrders: uint(),
  maxOrderLists: uint(),
  maxPosition: uint(),
  minTrailingAboveDelta: uint(),
  maxTrailingAboveDelta: uint(),
  minTrailingBelowDelta: uint(),
  maxTrailingBelowDelta: uint(),
  makerFeePpm: uint(),
  takerFeePpm: uint(),
  defaultSelfTradePrevention: oneOf(SELF_TRADE_PREVENTIONS),
  allowedSelfTradePrevention: list(oneOf(SELF_TRADE_PREVENTIONS)),
};

const first = struct<FirstMarket>(firstFields);

/** The first form of a market: of one that matches locally, as all did. */
export const firstMarketCodec: Codec<Market> = {
  write: first.write,
  read: (reader) => ({ ...first.read(reader), partitionPolicy: "match-locally" }),
};

export const marketCodec = struct<Market>({ ...firstFields, partitionPolicy: oneOf(PARTITION_POLICIES) });

/** True for a market that its first form cannot hold. */
export function needsLaterForm({ market }: { readonly market: Market }): boolean {
  return market.partitionPolicy !== "match-locally";
}
