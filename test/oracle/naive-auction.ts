import { sideOf } from "./naive-book.ts";
import { expirePartner } from "./naive-order-lists.ts";
import { trade } from "./naive-trade.ts";
import { type NaiveMarket, type NaiveOrder, remaining, type World } from "./naive-world.ts";

/** The call auction: a book that is crossed trades at one price until it is no longer. */
export function uncross(world: World, market: NaiveMarket): void {
  const { id } = market.market;
  const best = () => [sideOf(world, id, "BUY")[0], sideOf(world, id, "SELL")[0]] as const;
  const [bid, ask] = best();
  if (bid === undefined || ask === undefined || bid.price < ask.price) return;
  const { price, volume } = auctionPrice(
    sideOf(world, id, "BUY"),
    sideOf(world, id, "SELL"),
    market.lastPrice,
  );
  world.events.push({ kind: "AuctionUncrossed", market: id, price, quantity: volume });
  for (let traded = 0; traded < volume; ) {
    const [buy, sell] = best();
    if (buy === undefined || sell === undefined || buy.price < price || sell.price > price) return;
    const [maker, taker] = buy.priority < sell.priority ? [buy, sell] : [sell, buy];
    const quantity = Math.min(buy.visible, sell.visible);
    expirePartner(world, maker);
    expirePartner(world, taker);
    trade(world, market, taker, maker, price, quantity);
    traded += quantity;
  }
}

/** The price of most volume, then least imbalance, then nearest to the reference, then the lowest. */
function auctionPrice(
  bids: readonly NaiveOrder[],
  asks: readonly NaiveOrder[],
  lastPrice: number,
): { price: number; volume: number } {
  const [highest, lowest] = [bids[0]?.price ?? 0, asks[0]?.price ?? 0];
  const reference = lastPrice || Math.floor((highest + lowest) / 2);
  const sum = (orders: readonly NaiveOrder[]) => orders.reduce((total, each) => total + remaining(each), 0);
  const ranked = candidates([...bids, ...asks], reference)
    .filter((price) => price >= lowest && price <= highest)
    .map((price) => {
      const buys = sum(bids.filter((order) => order.price >= price));
      const sells = sum(asks.filter((order) => order.price <= price));
      return { price, volume: Math.min(buys, sells), imbalance: Math.abs(buys - sells) };
    })
    .sort(
      (a, b) =>
        b.volume - a.volume ||
        a.imbalance - b.imbalance ||
        Math.abs(a.price - reference) - Math.abs(b.price - reference) ||
        a.price - b.price,
    );
  const chosen = ranked[0];
  if (chosen === undefined) throw new Error("a crossed book has an auction price");
  return chosen;
}

/**
 * Prices among which the best one is. Volume and imbalance change only at the orders' prices (a bid counts up to its own, an ask from its own on),
 * so between two of them all prices are alike but for their distance to the reference: the ends and the reference itself are enough.
 */
function candidates(orders: readonly NaiveOrder[], reference: number): number[] {
  return [reference, ...orders.flatMap(({ price }) => [price - 1, price, price + 1])];
}
