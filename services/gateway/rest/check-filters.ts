import type { PlaceOrder } from "#shared/domain/command.ts";
import { type Market, notionalOf } from "#shared/domain/market.ts";
import { ApiError } from "#shared/protocol/errors.ts";

/**
 * Refuses what the fold would refuse by the market's settings (docs/engine-rules.md, PlaceOrder 3 to 6), for orders that are only tested.
 * @param lastPrice ticks; 0 before the first trade
 */
export function checkFilters(market: Market, order: PlaceOrder, lastPrice: number): void {
  if (!market.allowedSelfTradePrevention.includes(order.selfTradePrevention)) {
    throw new ApiError("INVALID_SELF_TRADE_PREVENTION");
  }
  const { price, quantity, quoteQuantity } = order;
  if (price > 0 && (price < market.minPrice || price > market.maxPrice)) throw new ApiError("FILTER_PRICE");
  if (quantity > 0 && (quantity < market.minQuantity || quantity > market.maxQuantity)) {
    throw new ApiError("FILTER_LOT_SIZE");
  }
  const reference = price > 0 ? price : lastPrice;
  const notional = quoteQuantity > 0 ? quoteQuantity : notionalOf(market, reference, quantity);
  const isKnown = quoteQuantity > 0 || reference > 0;
  if (isKnown && (notional < market.minNotional || notional > market.maxNotional)) {
    throw new ApiError("FILTER_NOTIONAL");
  }
}
