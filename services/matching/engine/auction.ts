import type { MarketId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { feeOn } from "#shared/domain/market.ts";
import type { BookSide } from "../book/book-side.ts";
import { afterEnd, expirePartner } from "./end-order.ts";
import type { MarketState } from "./market-state.ts";
import { dropOrder, joinBook, listIdOf, rehash, remainingOf } from "./open-orders.ts";
import type { Shard } from "./shard.ts";
import { BUY, SELL } from "./terms.ts";
import { onTradePrice } from "./triggers.ts";

/** What a call auction would do. */
export interface AuctionPrice {
  readonly price: number;
  /** Lots that trade at it. */
  readonly quantity: number;
}

/** What is left of the orders at one price, all parts of icebergs included. */
interface Step {
  readonly price: number;
  readonly quantity: number;
}

/** Uncrosses a crossed book at one price (docs/engine-rules.md, "The call auction"); does nothing to another. */
export function uncross(shard: Shard, market: MarketState): void {
  const found = auctionPrice(shard, market);
  if (found === undefined) return;
  const { price, quantity } = found;
  shard.events.event({ kind: "AuctionUncrossed", market: market.market.id as MarketId, price, quantity });
  const { levels } = shard.book;
  for (let left = quantity; left > 0; ) {
    const bid = levels.first(market.bids.best);
    const ask = levels.first(market.asks.best);
    left -= tradeAt(shard, market, price, bid, ask, left);
    assert(left >= 0, "an auction trades no more than its quantity");
  }
}

/** The price of the auction now; `undefined` where no bid reaches an ask. */
export function auctionPrice(shard: Shard, market: MarketState): AuctionPrice | undefined {
  if (!market.isCrossed(shard.book)) return undefined;
  const { levels } = shard.book;
  const low = levels.price(market.asks.best);
  const high = levels.price(market.bids.best);
  const asks = stepsOf(shard, market.asks, high);
  const bids = stepsOf(shard, market.bids, low).reverse();
  const reference = market.lastPrice || Math.floor((high + low) / 2);

  // Between two neighbouring limit prices nothing changes, so of each such stretch only the price nearest to the reference can be the one.
  const limits = [...new Set([...asks, ...bids].map(({ price }) => price))].sort((a, b) => a - b);
  const candidates: number[] = [];
  for (const [at, limit] of limits.entries()) {
    candidates.push(limit);
    const next = limits[at + 1];
    if (next !== undefined && next - limit > 1) {
      candidates.push(Math.min(Math.max(reference, limit + 1), next - 1));
    }
  }
  let best: (AuctionPrice & { imbalance: number; distance: number }) | undefined;
  let supply = 0;
  let demand = bids.reduce((sum, { quantity }) => sum + quantity, 0);
  let nextAsk = 0;
  let nextBid = 0;
  for (const price of candidates) {
    for (; (asks[nextAsk]?.price ?? Number.POSITIVE_INFINITY) <= price; nextAsk++)
      supply += asks[nextAsk]?.quantity ?? 0;
    for (; (bids[nextBid]?.price ?? Number.POSITIVE_INFINITY) < price; nextBid++)
      demand -= bids[nextBid]?.quantity ?? 0;
    const quantity = Math.min(supply, demand);
    const imbalance = Math.abs(demand - supply);
    const distance = Math.abs(price - reference);
    const isBetter =
      best === undefined ||
      quantity > best.quantity ||
      (quantity === best.quantity &&
        (imbalance < best.imbalance || (imbalance === best.imbalance && distance < best.distance)));
    if (isBetter) best = { price, quantity, imbalance, distance };
  }
  return best;
}

/** A side's levels up to a price, best first. */
function stepsOf(shard: Shard, side: BookSide, until: number): Step[] {
  const { levels, orders } = shard.book;
  const steps: Step[] = [];
  for (let level = side.best; level >= 0; level = side.worse(level)) {
    const price = levels.price(level);
    if (!side.isReached(price, until)) break;
    let quantity = 0;
    for (let order = levels.first(level); order >= 0; order = orders.next(order))
      quantity += remainingOf(shard, order);
    steps.push({ price, quantity });
  }
  return steps;
}

/** Lets the best bid and the best ask trade at the auction's price; how many lots. */
function tradeAt(
  shard: Shard,
  market: MarketState,
  price: number,
  bid: number,
  ask: number,
  left: number,
): number {
  const { book, balances, traders } = shard;
  const { orders } = book;
  const { market: rules } = market;
  const bidTakes = orders.priority(bid) > orders.priority(ask);
  const [maker, taker] = bidTakes ? [ask, bid] : [bid, ask];
  expirePartner(shard, market, maker);
  expirePartner(shard, market, taker);
  const quantity = Math.min(orders.visible(bid), orders.visible(ask), left);
  const quote = price * quantity * rules.quotePerTickLot;
  const base = quantity * rules.basePerLot;
  assert(quote <= Number.MAX_SAFE_INTEGER, "a trade's amount is a safe integer");
  const buyer = orders.trader(bid);
  const seller = orders.trader(ask);
  const buyerFee = feeOn(base, bidTakes ? rules.takerFeePpm : rules.makerFeePpm);
  const sellerFee = feeOn(quote, bidTakes ? rules.makerFeePpm : rules.takerFeePpm);
  const lockedQuote = orders.price(bid) * quantity * rules.quotePerTickLot;
  balances.spendLocked(traders.quoteBalance(buyer), quote);
  balances.unlock(traders.quoteBalance(buyer), lockedQuote - quote);
  balances.credit(traders.baseBalance(buyer), base - buyerFee);
  balances.spendLocked(traders.baseBalance(seller), base);
  balances.credit(traders.quoteBalance(seller), quote - sellerFee);
  balances.credit(shard.feeBalance(market.base), buyerFee);
  balances.credit(shard.feeBalance(market.quote), sellerFee);
  traders.addOpenBuyLots(buyer, -quantity);

  market.lastTradeId++;
  for (const order of [bid, ask]) {
    market.depth.touch(order === bid ? BUY : SELL, orders.level(order));
    book.shrink(order, quantity);
    orders.addExecuted(order, quantity, quote);
  }
  const makerFilled = remainingOf(shard, maker) === 0;
  const takerFilled = remainingOf(shard, taker) === 0;
  shard.events.trade(
    market.text,
    market.lastTradeId,
    price,
    quantity,
    quote,
    bidTakes ? BUY : SELL,
    orders.orderId(maker),
    orders.orderId(taker),
    traders.account(orders.trader(maker)),
    traders.account(orders.trader(taker)),
    bidTakes ? sellerFee : buyerFee,
    bidTakes ? buyerFee : sellerFee,
    makerFilled,
    takerFilled,
  );
  settle(shard, market, maker, makerFilled);
  settle(shard, market, taker, takerFilled);
  onTradePrice(shard, market, price);
  return quantity;
}

/** After a trade: out of the queue if nothing is visible, then ended or showing its next part. */
function settle(shard: Shard, market: MarketState, order: number, isFilled: boolean): void {
  const { book } = shard;
  const side = book.orders.words(order) & 15;
  if (book.orders.visible(order) > 0) {
    rehash(shard, market, order);
    return;
  }
  book.leave(market.own(side), order);
  if (!isFilled) {
    joinBook(shard, market, order);
    return;
  }
  const orderId = book.orders.orderId(order);
  const listId = listIdOf(shard, order);
  dropOrder(shard, order);
  if (listId > 0) afterEnd(shard, market, listId, orderId, "filled");
}
