import type { AssetId } from "#shared/domain/ids.ts";
import { type Market, notionalOf } from "#shared/domain/market.ts";
import type { Side } from "#shared/domain/order.ts";

/** What an open order needs locked: a buyer the notional in quote, a seller the quantity in base. Smallest units. */
export function lockOf(
  market: Market,
  side: Side,
  price: number,
  quantity: number,
): { asset: AssetId; amount: number } {
  return side === "BUY"
    ? { asset: market.quote, amount: notionalOf(market, price, quantity) }
    : { asset: market.base, amount: quantity * market.basePerLot };
}
