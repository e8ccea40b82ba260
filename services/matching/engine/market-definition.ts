import type { AssetId, MarketId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import type { SelfTradePrevention } from "#shared/domain/order.ts";

/**
 * A market's definition as an object of a class. The fold reads some twenty fields of it for every order; the objects that a decoder puts together field
 * by field are dictionaries for V8 once they have so many, and each read of one is a lookup by name.
 */
export class MarketDefinition implements Market {
  readonly id: MarketId;
  readonly base: AssetId;
  readonly quote: AssetId;
  readonly basePerLot: number;
  readonly quotePerTickLot: number;
  readonly priceScale: number;
  readonly tickUnits: number;
  readonly minPrice: number;
  readonly maxPrice: number;
  readonly minQuantity: number;
  readonly maxQuantity: number;
  readonly minNotional: number;
  readonly maxNotional: number;
  readonly marketMinQuantity: number;
  readonly marketMaxQuantity: number;
  readonly bidMultiplierUp: number;
  readonly bidMultiplierDown: number;
  readonly askMultiplierUp: number;
  readonly askMultiplierDown: number;
  readonly maxIcebergParts: number;
  readonly maxOrders: number;
  readonly maxAlgoOrders: number;
  readonly maxIcebergOrders: number;
  readonly maxOrderLists: number;
  readonly maxPosition: number;
  readonly minTrailingAboveDelta: number;
  readonly maxTrailingAboveDelta: number;
  readonly minTrailingBelowDelta: number;
  readonly maxTrailingBelowDelta: number;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
  readonly defaultSelfTradePrevention: SelfTradePrevention;
  readonly allowedSelfTradePrevention: readonly SelfTradePrevention[];
  readonly partitionPolicy: Market["partitionPolicy"];

  constructor(market: Market) {
    this.id = market.id;
    this.base = market.base;
    this.quote = market.quote;
    this.basePerLot = market.basePerLot;
    this.quotePerTickLot = market.quotePerTickLot;
    this.priceScale = market.priceScale;
    this.tickUnits = market.tickUnits;
    this.minPrice = market.minPrice;
    this.maxPrice = market.maxPrice;
    this.minQuantity = market.minQuantity;
    this.maxQuantity = market.maxQuantity;
    this.minNotional = market.minNotional;
    this.maxNotional = market.maxNotional;
    this.marketMinQuantity = market.marketMinQuantity;
    this.marketMaxQuantity = market.marketMaxQuantity;
    this.bidMultiplierUp = market.bidMultiplierUp;
    this.bidMultiplierDown = market.bidMultiplierDown;
    this.askMultiplierUp = market.askMultiplierUp;
    this.askMultiplierDown = market.askMultiplierDown;
    this.maxIcebergParts = market.maxIcebergParts;
    this.maxOrders = market.maxOrders;
    this.maxAlgoOrders = market.maxAlgoOrders;
    this.maxIcebergOrders = market.maxIcebergOrders;
    this.maxOrderLists = market.maxOrderLists;
    this.maxPosition = market.maxPosition;
    this.minTrailingAboveDelta = market.minTrailingAboveDelta;
    this.maxTrailingAboveDelta = market.maxTrailingAboveDelta;
    this.minTrailingBelowDelta = market.minTrailingBelowDelta;
    this.maxTrailingBelowDelta = market.maxTrailingBelowDelta;
    this.makerFeePpm = market.makerFeePpm;
    this.takerFeePpm = market.takerFeePpm;
    this.defaultSelfTradePrevention = market.defaultSelfTradePrevention;
    this.allowedSelfTradePrevention = market.allowedSelfTradePrevention;
    this.partitionPolicy = market.partitionPolicy;
  }
}
