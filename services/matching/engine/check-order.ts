import type { PlaceOrder } from "#shared/domain/command.ts";
import type { RejectReason } from "#shared/domain/event.ts";
import { type Market, notionalOf } from "#shared/domain/market.ts";
import { CLIENT_ORDER_ID } from "#shared/domain/rules.ts";
import { isCount } from "./definitions.ts";
import { dryRun } from "./dry-run.ts";
import { lockOf } from "./locks.ts";
import type { MarketBook } from "./market-book.ts";
import type { ShardState } from "./shard-state.ts";

/** Why an order is refused, by the checks of docs/engine-rules.md in their order; `undefined` if it is not. Changes nothing. */
export function checkOrder(state: ShardState, book: MarketBook, order: PlaceOrder): RejectReason | undefined {
  const { market } = book;
  if (!isWellFormed(order)) return "malformed-order";
  if (!market.allowedSelfTradePrevention.includes(order.selfTradePrevention)) {
    return "self-trade-prevention-not-allowed";
  }
  const isLimited = order.type !== "MARKET";
  if (isLimited && !isWithin(order.price, market.minPrice, market.maxPrice)) return "price-filter";
  if (order.quantity > 0 && !isWithin(order.quantity, market.minQuantity, market.maxQuantity))
    return "lot-size";
  const notional = notionalToCheck(market, book.lastPrice, order);
  if (notional !== undefined && !isWithin(notional, market.minNotional, market.maxNotional))
    return "notional";
  if (state.orders.byId(order.orderId) !== undefined) return "duplicate-order-id";
  if (
    state.memory.knowsClientOrderId(order.account, order.clientOrderId) ||
    state.orders.byClientId(order.account, order.clientOrderId) !== undefined
  ) {
    return "duplicate-client-order-id";
  }
  if (order.type === "LIMIT_MAKER" && book.opposite(order.side).isReachedBy(order.price)) return "would-take";
  const { asset, amount } = needOf(book, order);
  if (amount > state.accounts.free(order.account, asset)) return "insufficient-balance";
  return undefined;
}

function isWellFormed(order: PlaceOrder): boolean {
  const { type, timeInForce, price, quantity, quoteQuantity } = order;
  if (!isCount(order.orderId) || order.orderId === 0 || !isCount(order.account) || order.account === 0)
    return false;
  if (!CLIENT_ORDER_ID.test(order.clientOrderId)) return false;
  if (!isCount(price) || !isCount(quantity) || !isCount(quoteQuantity)) return false;
  if (type === "MARKET") return timeInForce === "IOC" && price === 0 && quantity > 0 !== quoteQuantity > 0;
  if (type === "LIMIT_MAKER" && timeInForce !== "GTC") return false;
  return price > 0 && quantity > 0 && quoteQuantity === 0;
}

/** The amount that the NOTIONAL filter looks at; none for a MARKET order by quantity before the first trade. */
function notionalToCheck(market: Market, lastPrice: number, order: PlaceOrder): number | undefined {
  if (order.type !== "MARKET") return notionalOf(market, order.price, order.quantity);
  if (order.quoteQuantity > 0) return order.quoteQuantity;
  return lastPrice === 0 ? undefined : notionalOf(market, lastPrice, order.quantity);
}

/** What the order may need of the account's free balance. */
function needOf(book: MarketBook, order: PlaceOrder): ReturnType<typeof lockOf> {
  const { market } = book;
  if (order.type !== "MARKET") return lockOf(market, order.side, order.price, order.quantity);
  if (order.side === "BUY") {
    const amount = order.quoteQuantity > 0 ? order.quoteQuantity : dryRun(book, order).quote;
    return { asset: market.quote, amount };
  }
  const quantity = order.quantity > 0 ? order.quantity : dryRun(book, order).quantity;
  return { asset: market.base, amount: quantity * market.basePerLot };
}

function isWithin(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}
