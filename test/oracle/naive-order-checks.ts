import type { AccountId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import { isAlgo, isMarketType, type OrderTerms, type Side, triggersUpward } from "#shared/domain/order.ts";
import { baseOf, costOf, ownedBy } from "./naive-money.ts";
import { demand, isCount, isPositive, type NaiveMarket, remaining, type World } from "./naive-world.ts";

/** The rules of "PlaceOrder" that concern what is asked, numbered as in docs/engine-rules.md. */

const CLIENT_ORDER_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/;

/** Rule 2. */
export function checkForm(account: AccountId, order: OrderTerms): void {
  const { type, timeInForce, price, quantity, quoteQuantity, stopPrice, trailingDelta, icebergQuantity } =
    order;
  const hasPrice = !isMarketType(type);
  const timesInForce = {
    LIMIT: ["GTC", "IOC", "FOK", "GTD"],
    LIMIT_MAKER: ["GTC", "GTD"],
    MARKET: ["IOC"],
    STOP_LOSS: ["IOC"],
    TAKE_PROFIT: ["IOC"],
    STOP_LOSS_LIMIT: ["GTC", "IOC", "FOK", "GTD"],
    TAKE_PROFIT_LIMIT: ["GTC", "IOC", "FOK", "GTD"],
  }[type];
  const amounts =
    type === "MARKET"
      ? [quantity, quoteQuantity].filter((each) => each > 0).length === 1
      : quantity > 0 && quoteQuantity === 0;
  const isWellFormed =
    isPositive(order.orderId) &&
    isPositive(account) &&
    isClientOrderId(order.clientOrderId) &&
    [price, quantity, quoteQuantity, stopPrice, trailingDelta, icebergQuantity, order.goodTillDate].every(
      isCount,
    ) &&
    price > 0 === hasPrice &&
    timesInForce.includes(timeInForce) &&
    order.goodTillDate > 0 === (timeInForce === "GTD") &&
    amounts &&
    (stopPrice > 0 || trailingDelta > 0) === isAlgo(type) &&
    trailingDelta <= 9_999 &&
    (icebergQuantity === 0 ||
      (hasPrice && ["GTC", "GTD"].includes(timeInForce) && icebergQuantity < quantity));
  demand(isWellFormed, "malformed-order");
}

export function isClientOrderId(text: string): boolean {
  return CLIENT_ORDER_ID.test(text);
}

/** Rule 3; an order that is pending in a list may wait for a time at which it is welcome. */
export function checkMarketOpen({ state }: NaiveMarket, order: OrderTerms, isPending = false): void {
  const { type, timeInForce } = order;
  const isImmediate = type === "MARKET" || (type === "LIMIT" && ["IOC", "FOK"].includes(timeInForce));
  const isClosed =
    state === "HALT" || state === "CANCEL_ONLY" || (state === "BREAK" && isImmediate && !isPending);
  demand(!isClosed, "market-closed");
}

/** Rules 4 to 12. */
export function checkFilters(world: World, { market, lastPrice }: NaiveMarket, order: OrderTerms): void {
  const { type, side, price, quantity, stopPrice, icebergQuantity, goodTillDate, trailingDelta } = order;
  demand(goodTillDate === 0 || goodTillDate > world.time, "good-till-date-passed");
  demand(
    market.allowedSelfTradePrevention.includes(order.selfTradePrevention),
    "self-trade-prevention-not-allowed",
  );
  for (const each of [price, stopPrice])
    demand(each === 0 || (market.minPrice <= each && each <= market.maxPrice), "price-filter");
  // A part of an order that is replayed may be smaller than an order may be, and further from a price that it never saw.
  const isPart = world.isReplayingPart;
  const [minQuantity, minNotional] = isPart ? [0, 0] : [market.minQuantity, market.minNotional];
  demand(isPart || isWithinPercentPrice(market, side, price, lastPrice), "percent-price-by-side");
  for (const each of [quantity, icebergQuantity])
    demand(each === 0 || (minQuantity <= each && each <= market.maxQuantity), "lot-size");
  demand(
    !isMarketType(type) ||
      quantity === 0 ||
      (market.marketMinQuantity <= quantity && quantity <= market.marketMaxQuantity),
    "market-lot-size",
  );
  const amount = notionalOf(market, order, lastPrice);
  demand(
    amount === undefined || (BigInt(minNotional) <= amount && amount <= BigInt(market.maxNotional)),
    "notional",
  );
  const parts = icebergQuantity === 0 ? 0 : Math.ceil(quantity / icebergQuantity);
  demand(market.maxIcebergParts === 0 || parts <= market.maxIcebergParts, "iceberg-parts");
  const [least, most] = triggersUpward(type, side)
    ? [market.minTrailingAboveDelta, market.maxTrailingAboveDelta]
    : [market.minTrailingBelowDelta, market.maxTrailingBelowDelta];
  demand(
    trailingDelta === 0 || most === 0 || (least <= trailingDelta && trailingDelta <= most),
    "trailing-delta",
  );
}

function isWithinPercentPrice(market: Market, side: Side, price: number, lastPrice: number): boolean {
  const { bidMultiplierUp, bidMultiplierDown, askMultiplierUp, askMultiplierDown } = market;
  const hasFilter = bidMultiplierUp + bidMultiplierDown + askMultiplierUp + askMultiplierDown > 0;
  if (price === 0 || lastPrice === 0 || !hasFilter) return true;
  const [up, down] =
    side === "BUY" ? [bidMultiplierUp, bidMultiplierDown] : [askMultiplierUp, askMultiplierDown];
  const scaled = BigInt(price) * 10_000n;
  return scaled >= BigInt(lastPrice) * BigInt(down) && scaled <= BigInt(lastPrice) * BigInt(up);
}

function notionalOf(market: Market, order: OrderTerms, lastPrice: number): bigint | undefined {
  if (order.quoteQuantity > 0) return BigInt(order.quoteQuantity);
  const reference = order.price || order.stopPrice || lastPrice;
  return reference === 0 ? undefined : costOf(market, reference, order.quantity);
}

/** Rule 13, for one order or for those of a list together. */
export function checkCounts(
  world: World,
  { market }: NaiveMarket,
  account: AccountId,
  orders: readonly OrderTerms[],
): void {
  const open = world.orders.filter((order) => order.account === account && order.market === market.id);
  const fits = (
    limit: number,
    isOfKind: (order: Pick<OrderTerms, "type" | "icebergQuantity">) => boolean,
  ) => {
    const more = orders.filter(isOfKind).length;
    return limit === 0 || more === 0 || open.filter(isOfKind).length + more <= limit;
  };
  demand(
    fits(market.maxOrders, () => true),
    "max-num-orders",
  );
  demand(
    fits(market.maxAlgoOrders, ({ type }) => isAlgo(type)),
    "max-num-algo-orders",
  );
  demand(
    fits(market.maxIcebergOrders, ({ icebergQuantity }) => icebergQuantity > 0),
    "max-num-iceberg-orders",
  );
}

/** Rule 14, for one order or for those of a list together. */
export function checkPosition(
  world: World,
  { market }: NaiveMarket,
  account: AccountId,
  orders: readonly OrderTerms[],
): void {
  const buys = orders.filter(({ side }) => side === "BUY");
  if (buys.length === 0 || market.maxPosition === 0) return;
  const open = world.orders.filter(
    (order) => order.account === account && order.market === market.id && order.side === "BUY",
  );
  const lots = [...open.map(remaining), ...buys.map(({ quantity }) => quantity)];
  const position = lots.reduce(
    (sum, each) => sum + baseOf(market, each),
    ownedBy(world, account, market.base),
  );
  demand(position <= BigInt(market.maxPosition), "max-position");
}

/** Rule 15. */
export function checkIdIsNew(world: World, id: number): void {
  const isTaken =
    world.orders.some(({ orderId }) => orderId === id) || world.lists.some(({ listId }) => listId === id);
  demand(!isTaken, "duplicate-order-id");
}

/** Rule 16. */
export function checkNameIsNew(world: World, account: AccountId, name: string): void {
  const names = [
    ...world.clientOrderIds,
    ...world.orders,
    ...world.lists.map((list) => ({ account: list.account, clientOrderId: list.listClientOrderId })),
  ];
  const isTaken = names.some((each) => each.account === account && each.clientOrderId === name);
  demand(!isTaken, "duplicate-client-order-id");
}
