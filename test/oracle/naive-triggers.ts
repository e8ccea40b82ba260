import { triggersUpward } from "#shared/domain/order.ts";
import { needOf, setLock } from "./naive-money.ts";
import { partnerOf } from "./naive-order-lists.ts";
import { marketOf, type NaiveMarket, type NaiveOrder, nextPriority, type World } from "./naive-world.ts";

/** The price by which a buy order's lock is computed when it begins to wait or joins the book. */
export function lockPriceOf(
  market: NaiveMarket,
  order: Pick<NaiveOrder, "side" | "price" | "stopPrice">,
): number {
  if (order.side === "SELL") return 0;
  return order.price || order.stopPrice || market.lastPrice;
}

/** An algo order waits: locked (unless an OCO pair's lock covers it); one that trails without a stop price tracks from the last price. */
export function beginToWait(world: World, order: NaiveOrder): void {
  const market = marketOf(world, order.market);
  order.place = "waiting";
  order.priority = nextPriority(world);
  order.lockPrice = lockPriceOf(market, order);
  if (order.stopPrice === 0) order.extreme = market.lastPrice;
  if (partnerOf(world, order) === undefined) setLock(world, order, needOf(market.market, order));
}

/** Whether a price fulfills the condition of the order's stop price. */
export function reachesStop(order: Pick<NaiveOrder, "type" | "side" | "stopPrice">, price: number): boolean {
  if (order.stopPrice === 0) return false;
  return triggersUpward(order.type, order.side) ? price >= order.stopPrice : price <= order.stopPrice;
}

/** What a trade price sets off among the waiting orders: it moves extremes, starts tracking, and queues what is triggered. */
export function setOff(world: World, market: NaiveMarket, price: number): void {
  const waiting = world.orders.filter(
    (order) => order.place === "waiting" && order.market === market.market.id,
  );
  for (const order of waiting) {
    if (!isTracking(order)) continue;
    order.extreme = order.side === "SELL" ? Math.max(order.extreme, price) : Math.min(order.extreme, price);
  }
  const reached = waiting
    .map(conditionOf)
    .filter(({ isUpward, at }) => (isUpward ? price >= at : price <= at))
    .sort(inOrder);
  for (const { order, isStart } of reached) {
    if (isStart) {
      order.extreme = price;
      order.priority = nextPriority(world);
    } else {
      order.place = "queued";
      world.queue.push({ kind: "triggered", order });
    }
  }
}

/** What a waiting order waits for now. */
interface Condition {
  readonly order: NaiveOrder;
  readonly isUpward: boolean;
  readonly at: number;
  /** It will begin to track, and is not triggered yet. */
  readonly isStart: boolean;
}

function conditionOf(order: NaiveOrder): Condition {
  if (!isTracking(order)) {
    const isUpward = triggersUpward(order.type, order.side);
    return { order, isUpward, at: order.stopPrice, isStart: order.trailingDelta > 0 };
  }
  const extreme = BigInt(order.extreme);
  const delta = BigInt(order.trailingDelta);
  const at =
    order.side === "BUY"
      ? (extreme * (10_000n + delta) + 9_999n) / 10_000n
      : (extreme * (10_000n - delta)) / 10_000n;
  return { order, isUpward: order.side === "BUY", at: Number(at), isStart: false };
}

/** Upward by rising price, then downward by falling price; at one price stops and starts by priority, then those that track by delta, then priority. */
function inOrder(a: Condition, b: Condition): number {
  if (a.isUpward !== b.isUpward) return a.isUpward ? -1 : 1;
  if (a.at !== b.at) return a.isUpward ? a.at - b.at : b.at - a.at;
  const [deltaA, deltaB] = [a, b].map(({ order }) => (isTracking(order) ? order.trailingDelta : 0));
  return (deltaA ?? 0) - (deltaB ?? 0) || a.order.priority - b.order.priority;
}

function isTracking(order: NaiveOrder): boolean {
  return order.trailingDelta > 0 && order.extreme > 0;
}
