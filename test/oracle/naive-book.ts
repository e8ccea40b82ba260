import type { MarketId } from "#shared/domain/ids.ts";
import { isMarketType, type Side } from "#shared/domain/order.ts";
import { needOf, setLock } from "./naive-money.ts";
import { partnerOf } from "./naive-order-lists.ts";
import { marketOf, type NaiveOrder, nextPriority, remaining, type World } from "./naive-world.ts";

/** The orders of one side in the book, the best first, then by priority: the world's own objects. */
export function sideOf(world: World, market: MarketId, side: Side): NaiveOrder[] {
  const sign = side === "BUY" ? -1 : 1;
  return world.orders
    .filter((order) => order.place === "book" && order.market === market && order.side === side)
    .sort((a, b) => sign * (a.price - b.price) || a.priority - b.priority);
}

/** The orders that this one meets, the best first. */
export function oppositeOf(world: World, order: { market: MarketId; side: Side }): NaiveOrder[] {
  return sideOf(world, order.market, order.side === "BUY" ? "SELL" : "BUY");
}

/** Whether its limit, if it has one, accepts a price. */
export function accepts(order: NaiveOrder, price: number): boolean {
  if (isMarketType(order.type)) return true;
  return order.side === "BUY" ? price <= order.price : price >= order.price;
}

/** Whether it would take from the book at once. */
export function wouldCross(world: World, order: NaiveOrder): boolean {
  return oppositeOf(world, order).some((maker) => accepts(order, maker.price));
}

/** The order rests: locked (unless an OCO pair's lock covers it), showing its first part, at the back of its level. */
export function joinBook(world: World, order: NaiveOrder): void {
  order.place = "book";
  order.priority = nextPriority(world);
  order.visible = partOf(order);
  order.lockPrice = order.side === "BUY" ? order.price : 0;
  if (partnerOf(world, order) === undefined)
    setLock(world, order, needOf(marketOf(world, order.market).market, order));
}

/** Where nothing is visible any more and something remains, the next part is shown, at the back. */
export function showNextPart(world: World, order: NaiveOrder): void {
  if (order.place !== "book" || order.visible > 0 || remaining(order) === 0) return;
  order.visible = partOf(order);
  order.priority = nextPriority(world);
}

function partOf(order: NaiveOrder): number {
  return order.icebergQuantity > 0 ? Math.min(order.icebergQuantity, remaining(order)) : remaining(order);
}
