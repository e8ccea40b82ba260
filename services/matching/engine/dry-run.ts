import type { PlaceOrder } from "#shared/domain/command.ts";
import { notionalOf } from "#shared/domain/market.ts";
import type { MarketBook } from "./market-book.ts";

/** What matching an order would execute now: lots and quote. Changes nothing; follows the same steps as the matching, self-trade prevention too. */
export function dryRun(book: MarketBook, order: PlaceOrder): { quantity: number; quote: number } {
  const { market } = book;
  const byQuote = order.quoteQuantity > 0;
  let quantity = 0;
  let quote = 0;
  for (const maker of book.opposite(order.side).orders()) {
    if (!byQuote && quantity === order.quantity) break;
    if (order.type !== "MARKET" && !reaches(order, maker.price)) break;
    if (maker.account === order.account && order.selfTradePrevention !== "NONE") {
      if (order.selfTradePrevention === "EXPIRE_MAKER") continue;
      break;
    }
    const affordable = byQuote
      ? Math.floor((order.quoteQuantity - quote) / (maker.price * market.quotePerTickLot))
      : order.quantity - quantity;
    const fill = Math.min(affordable, maker.remaining);
    if (fill === 0) break;
    quantity += fill;
    quote += notionalOf(market, maker.price, fill);
  }
  return { quantity, quote };
}

/** True if a limit order accepts a maker's price. */
export function reaches(order: PlaceOrder, makerPrice: number): boolean {
  return order.side === "BUY" ? makerPrice <= order.price : makerPrice >= order.price;
}
