import type { MarketId } from "#shared/domain/ids.ts";
import type { Side } from "#shared/domain/order.ts";
import type { OrderRow } from "#shared/ports/projections.ts";
import type { Level } from "./region-view.ts";

/** What remains of a market's orders in the book by their limits, best first, hidden parts of icebergs included. */
export function remainingLevels(
  orders: Iterable<OrderRow>,
  market: MarketId,
): { readonly bids: readonly Level[]; readonly asks: readonly Level[] } {
  const quantities: Record<Side, Map<number, number>> = { BUY: new Map(), SELL: new Map() };
  for (const order of orders) {
    if (order.market !== market || order.workingTime === 0) continue;
    const levels = quantities[order.side];
    const remaining = order.quantity - order.executed - order.prevented;
    levels.set(order.price, (levels.get(order.price) ?? 0) + remaining);
  }
  return {
    bids: sorted(quantities.BUY).reverse(),
    asks: sorted(quantities.SELL),
  };
}

function sorted(quantities: ReadonlyMap<number, number>): Level[] {
  return Array.from(quantities, ([price, quantity]) => ({ price, quantity })).sort(
    (a, b) => a.price - b.price,
  );
}
