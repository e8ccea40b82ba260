import type { Asset } from "../asset.ts";
import type { Market } from "../market.ts";
import { SELF_TRADE_PREVENTIONS } from "../order.ts";
import { list, oneOf, struct, text, uint } from "./codec.ts";

export const assetCodec = struct<Asset>({ id: text(), scale: uint() });

export const marketCodec = struct<Market>({
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
});
