import type { RejectReason } from "#shared/domain/event.ts";
import { scaledDown, scaledUp } from "#shared/domain/market.ts";
import type { MarketState } from "./market-state.ts";
import type { Shard } from "./shard.ts";
import {
  BUY,
  FOK,
  GTC,
  GTD,
  IOC,
  isAlgo,
  isMarket,
  LIMIT,
  LIMIT_MAKER,
  MARKET,
  type Terms,
  triggersUpward,
} from "./terms.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const OWN_BUY = BUY;
const ownIsMarket = isMarket;

const MAX_TRAILING_DELTA = 9_999;

/** Rule 2 of PlaceOrder. All numbers come out of an encoding, so they are non-negative safe integers. */
export function isWellFormed(account: number, terms: Terms): boolean {
  const { type, timeInForce, quantity, quoteQuantity, icebergQuantity } = terms;
  if (terms.orderId === 0 || account === 0 || !terms.hasClientOrderId) return false;
  const hasPrice = !ownIsMarket(type);
  if (terms.price > 0 !== hasPrice || terms.goodTillDate > 0 !== (timeInForce === GTD)) return false;
  if (hasPrice ? type === LIMIT_MAKER && timeInForce !== GTC && timeInForce !== GTD : timeInForce !== IOC)
    return false;
  if (type === MARKET ? quantity > 0 === quoteQuantity > 0 : quantity === 0 || quoteQuantity > 0)
    return false;
  const hasTrigger = terms.stopPrice > 0 || terms.trailingDelta > 0;
  if (hasTrigger !== isAlgo(type) || terms.trailingDelta > MAX_TRAILING_DELTA) return false;
  if (icebergQuantity === 0) return true;
  return hasPrice && (timeInForce === GTC || timeInForce === GTD) && icebergQuantity < quantity;
}

/** Rules 3 to 12 of PlaceOrder: what depends on the order and its market alone. */
export function checkFilters(
  shard: Shard,
  market: MarketState,
  terms: Terms,
  isPending: boolean,
): RejectReason | undefined {
  const { market: rules, state, lastPrice } = market;
  const { side, type, price, quantity, stopPrice, trailingDelta, icebergQuantity } = terms;
  if (state !== "TRADING" && isClosed(market, terms, isPending)) return "market-closed";
  if (terms.goodTillDate > 0 && terms.goodTillDate <= shard.time) return "good-till-date-passed";
  if (!market.allowsPrevention(terms.selfTradePrevention)) return "self-trade-prevention-not-allowed";
  if (price > 0 && !isWithin(price, rules.minPrice, rules.maxPrice)) return "price-filter";
  if (stopPrice > 0 && !isWithin(stopPrice, rules.minPrice, rules.maxPrice)) return "price-filter";
  if (price > 0 && lastPrice > 0 && !isNearLastPrice(market, side, price) && !shard.isReplayingPart)
    return "percent-price-by-side";
  if (quantity > 0 && !isWithin(quantity, leastOf(shard, rules.minQuantity), rules.maxQuantity))
    return "lot-size";
  if (icebergQuantity > 0 && !isWithin(icebergQuantity, rules.minQuantity, rules.maxQuantity))
    return "lot-size";
  if (
    quantity > 0 &&
    ownIsMarket(type) &&
    !isWithin(quantity, rules.marketMinQuantity, rules.marketMaxQuantity)
  ) {
    return "market-lot-size";
  }
  if (!isNotionalWithin(shard, market, terms)) return "notional";
  if (icebergQuantity > 0 && rules.maxIcebergParts > 0) {
    if (Math.ceil(quantity / icebergQuantity) > rules.maxIcebergParts) return "iceberg-parts";
  }
  if (trailingDelta > 0) {
    const isAbove = triggersUpward(type, side);
    const min = isAbove ? rules.minTrailingAboveDelta : rules.minTrailingBelowDelta;
    const max = isAbove ? rules.maxTrailingAboveDelta : rules.maxTrailingBelowDelta;
    if (max > 0 && !isWithin(trailingDelta, min, max)) return "trailing-delta";
  }
  return undefined;
}

/** Rule 13 for some orders of an account together; 0 = no such filter. */
export function checkCounts(
  shard: Shard,
  market: MarketState,
  trader: number,
  orders: number,
  algoOrders: number,
  icebergOrders: number,
): RejectReason | undefined {
  const { maxOrders, maxAlgoOrders, maxIcebergOrders } = market.market;
  const { traders } = shard;
  if (maxOrders > 0 && traders.openOrders(trader) + orders > maxOrders) return "max-num-orders";
  if (algoOrders > 0 && maxAlgoOrders > 0 && traders.openAlgoOrders(trader) + algoOrders > maxAlgoOrders) {
    return "max-num-algo-orders";
  }
  if (
    icebergOrders > 0 &&
    maxIcebergOrders > 0 &&
    traders.openIcebergOrders(trader) + icebergOrders > maxIcebergOrders
  ) {
    return "max-num-iceberg-orders";
  }
  return undefined;
}

/** Rule 14: whether the account may buy so many lots more. */
export function exceedsPosition(shard: Shard, market: MarketState, trader: number, lots: number): boolean {
  const { maxPosition, basePerLot } = market.market;
  if (maxPosition === 0) return false;
  const balance = shard.traders.baseBalance(trader);
  const held = shard.balances.free(balance) + shard.balances.locked(balance);
  return held + (shard.traders.openBuyLots(trader) + lots) * basePerLot > maxPosition;
}

/** Rule 15. */
export function isOrderIdTaken(shard: Shard, id: number): boolean {
  return shard.book.orders.find(id) >= 0 || (shard.lists.size > 0 && shard.lists.has(id));
}

/** Rules 17 to 19: what depends on the last price and the book. */
export function checkAgainstBook(
  shard: Shard,
  market: MarketState,
  trader: number,
  terms: Terms,
): RejectReason | undefined {
  const { side, type, price, stopPrice } = terms;
  if (isAlgo(type)) {
    if (stopPrice === 0) return market.lastPrice === 0 ? "no-last-price" : undefined;
    if (market.lastPrice === 0) return undefined;
    const isReached = triggersUpward(type, side)
      ? market.lastPrice >= stopPrice
      : market.lastPrice <= stopPrice;
    return isReached ? "would-trigger" : undefined;
  }
  if (type === LIMIT_MAKER && market.opposite(side).isCrossedBy(price)) return "would-take";
  if (market.state === "BREAK" && type === LIMIT && terms.selfTradePrevention !== 0) {
    if (crossesOwn(shard, trader, terms)) return "self-trade-in-auction";
  }
  return undefined;
}

/** What an order that is not MARKET locks, smallest units of what it pays with. */
export function lockNeed(market: MarketState, terms: Terms): number {
  if (terms.side !== OWN_BUY) return terms.quantity * market.market.basePerLot;
  const price = terms.price || terms.stopPrice || market.lastPrice;
  return price * terms.quantity * market.market.quotePerTickLot;
}

function isClosed({ state }: MarketState, { type, timeInForce }: Terms, isPending: boolean): boolean {
  if (state !== "BREAK") return true;
  if (isPending) return false;
  return type === MARKET || (type === LIMIT && (timeInForce === IOC || timeInForce === FOK));
}

function isNearLastPrice({ market, lastPrice }: MarketState, side: number, price: number): boolean {
  const down = side === OWN_BUY ? market.bidMultiplierDown : market.askMultiplierDown;
  const up = side === OWN_BUY ? market.bidMultiplierUp : market.askMultiplierUp;
  // All four 0: no such filter.
  if (up === 0 && market.bidMultiplierUp === 0 && market.askMultiplierUp === 0) return true;
  return isWithin(price, scaledUp(lastPrice, down), scaledDown(lastPrice, up));
}

function isNotionalWithin(shard: Shard, { market, lastPrice }: MarketState, terms: Terms): boolean {
  const { price, quantity, quoteQuantity, stopPrice } = terms;
  const { minNotional, maxNotional, quotePerTickLot } = market;
  if (quoteQuantity > 0) return isWithin(quoteQuantity, minNotional, maxNotional);
  const reference = price || stopPrice || lastPrice;
  return (
    reference === 0 ||
    isWithin(reference * quantity * quotePerTickLot, leastOf(shard, minNotional), maxNotional)
  );
}

/** True if it crosses an order of its own account in the book. */
function crossesOwn(shard: Shard, trader: number, { side, price }: Terms): boolean {
  const { orders } = shard.book;
  for (let order = shard.traders.firstOrder(trader); order >= 0; order = orders.ownNext(order)) {
    if ((orders.words(order) & 15) === side || orders.visible(order) === 0) continue;
    if (side === OWN_BUY ? orders.price(order) <= price : orders.price(order) >= price) return true;
  }
  return false;
}

/** A part of an order may be less than an order may be. */
function leastOf(shard: Shard, least: number): number {
  return shard.isReplayingPart ? 0 : least;
}

function isWithin(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}
