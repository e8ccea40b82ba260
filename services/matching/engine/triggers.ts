import { RATIO_DENOMINATOR, scaledDown, scaledUp } from "#shared/domain/market.ts";
import type { BookSide } from "../book/book-side.ts";
import { STAGE_QUEUED } from "../book/orders.ts";
import type { MarketState } from "./market-state.ts";
import { beginTracking, leavePlace, rehash, sideOf, typeOf } from "./open-orders.ts";
import type { Shard } from "./shard.ts";
import { BUY, SELL, triggersUpward } from "./terms.ts";

/** An order that a trade price reaches. */
interface Reached {
  readonly order: number;
  readonly trigger: number;
  /** 0 for plain stops and starts of tracking, which come first at a price; else the trailing delta. */
  readonly delta: number;
  readonly priority: number;
}

/** After each trade: what its price moves and sets off (docs/engine-rules.md, "Triggers"). */
export function onTradePrice(shard: Shard, market: MarketState, price: number): void {
  market.lastPrice = price;
  const { levels } = shard.book;
  const { upward, downward, trackingBuys, trackingSells } = market;
  const reachesUpward = upward.best >= 0 && levels.price(upward.best) <= price;
  const reachesDownward = downward.best >= 0 && levels.price(downward.best) >= price;
  const concernsBuys = trackingBuys.concerns(price);
  const concernsSells = trackingSells.concerns(price);
  if (!reachesUpward && !reachesDownward && !concernsBuys && !concernsSells) return;

  const rising: Reached[] = reachesUpward ? reachedStops(shard, market.upward, price) : [];
  const falling: Reached[] = reachesDownward ? reachedStops(shard, market.downward, price) : [];
  if (concernsBuys) track(shard, market, BUY, price, rising);
  if (concernsSells) track(shard, market, SELL, price, falling);
  setOff(
    shard,
    market,
    price,
    rising.sort((a, b) => a.trigger - b.trigger || inTurn(a, b)),
  );
  setOff(
    shard,
    market,
    price,
    falling.sort((a, b) => b.trigger - a.trigger || inTurn(a, b)),
  );
}

/** True if the market's last price already fulfills the condition of an order's stop price. */
export function isReached(market: MarketState, type: number, side: number, stopPrice: number): boolean {
  if (market.lastPrice === 0 || stopPrice === 0) return false;
  return triggersUpward(type, side) ? market.lastPrice >= stopPrice : market.lastPrice <= stopPrice;
}

/** Takes a waiting order out of its place and queues it: it stays locked until its turn. */
export function queueTriggered(shard: Shard, market: MarketState, order: number): void {
  const { orders } = shard.book;
  leavePlace(shard, market, order);
  orders.setStage(order, STAGE_QUEUED);
  shard.queue.add({ kind: "order", order, orderId: orders.orderId(order) });
}

function reachedStops(shard: Shard, side: BookSide, price: number): Reached[] {
  const { levels, orders } = shard.book;
  const reached: Reached[] = [];
  for (let level = side.best; level >= 0; level = side.worse(level)) {
    const trigger = levels.price(level);
    if (!side.isReached(trigger, price)) break;
    for (let order = levels.first(level); order >= 0; order = orders.next(order)) {
      reached.push({ order, trigger, delta: 0, priority: orders.priority(order) });
    }
  }
  return reached;
}

/** Lifts or lowers the extremes of tracking orders, and finds those whose trigger the price reaches. */
function track(shard: Shard, market: MarketState, side: number, price: number, reached: Reached[]): void {
  const { orders } = shard.book;
  const { extras } = shard;
  const tracking = market.tracking(side);
  let lowestTrigger = Number.POSITIVE_INFINITY;
  let highestTrigger = Number.NEGATIVE_INFINITY;
  let lowestExtreme = Number.POSITIVE_INFINITY;
  let highestExtreme = Number.NEGATIVE_INFINITY;
  for (const order of tracking.values()) {
    const record = orders.extras(order);
    let extreme = extras.extreme(record);
    if (side === BUY ? price < extreme : price > extreme) {
      extreme = price;
      extras.setExtreme(record, price);
      rehash(shard, market, order);
    }
    const delta = extras.trailingDelta(record);
    const trigger = triggerOf(side, extreme, delta);
    if (side === BUY ? price >= trigger : price <= trigger) {
      reached.push({ order, trigger, delta, priority: orders.priority(order) });
      continue;
    }
    lowestTrigger = Math.min(lowestTrigger, trigger);
    highestTrigger = Math.max(highestTrigger, trigger);
    lowestExtreme = Math.min(lowestExtreme, extreme);
    highestExtreme = Math.max(highestExtreme, extreme);
  }
  // A buy order moves below its extreme and fires at its trigger above; a sell order the other way round.
  if (side === BUY) tracking.narrow(highestExtreme - 1, lowestTrigger);
  else tracking.narrow(highestTrigger, lowestExtreme + 1);
}

/** The trade price that sets a tracking order off. */
function triggerOf(side: number, extreme: number, delta: number): number {
  return side === BUY
    ? scaledUp(extreme, RATIO_DENOMINATOR + delta)
    : scaledDown(extreme, RATIO_DENOMINATOR - delta);
}

function setOff(shard: Shard, market: MarketState, price: number, reached: readonly Reached[]): void {
  const { orders } = shard.book;
  for (const { order, delta } of reached) {
    if (delta === 0 && shard.extras.trailingDelta(orders.extras(order)) > 0) {
      const side = triggersUpward(typeOf(shard, order), sideOf(shard, order));
      shard.book.leave(market.triggers(side), order);
      beginTracking(shard, market, order, price);
    } else queueTriggered(shard, market, order);
  }
}

function inTurn(a: Reached, b: Reached): number {
  return a.delta - b.delta || a.priority - b.priority;
}
