import { ORDER_STAGES, type RejectReason } from "#shared/domain/event.ts";
import { STAGE_WAITING } from "../book/orders.ts";
import {
  checkAgainstBook,
  checkCounts,
  checkFilters,
  exceedsPosition,
  isOrderIdTaken,
  isWellFormed,
  lockNeed,
} from "./check-order.ts";
import { dryRun } from "./dry-run.ts";
import type { MarketState } from "./market-state.ts";
import type { Matching } from "./matching.ts";
import { beginWaiting, createOrder, lockOrder, setLockPrice } from "./open-orders.ts";
import type { Shard } from "./shard.ts";
import { BUY, isAlgo, MARKET, type Terms } from "./terms.ts";

/** Places of the stages in their list. */
export const STAGES = {
  working: ORDER_STAGES.indexOf("working"),
  waiting: ORDER_STAGES.indexOf("waiting"),
  pending: ORDER_STAGES.indexOf("pending"),
} as const;

/** Places an order by all its rules (docs/engine-rules.md, "PlaceOrder") from the second on. Returns why not, if so. */
export function placeOrder(
  shard: Shard,
  matching: Matching,
  market: MarketState,
  account: number,
  terms: Terms,
): RejectReason | undefined {
  if (!isWellFormed(account, terms)) return "malformed-order";
  const filtered = checkFilters(shard, market, terms, false);
  if (filtered !== undefined) return filtered;
  const trader = shard.trader(account, market);
  const isAlgoOrder = isAlgo(terms.type);
  const counted = checkCounts(
    shard,
    market,
    trader,
    1,
    isAlgoOrder ? 1 : 0,
    terms.icebergQuantity > 0 ? 1 : 0,
  );
  if (counted !== undefined) return counted;
  if (terms.side === BUY && exceedsPosition(shard, market, trader, terms.quantity)) return "max-position";
  if (isOrderIdTaken(shard, terms.orderId)) return "duplicate-order-id";
  if (shard.clientOrderIds.find(account, terms.clientOrderId, terms.clientOrderIdWord) >= 0) {
    return "duplicate-client-order-id";
  }
  const refused = checkAgainstBook(shard, market, trader, terms);
  if (refused !== undefined) return refused;
  matching.load(market, trader, terms, 0);
  if (needOf(shard, matching, market, terms) > freeFor(shard, trader, terms)) return "insufficient-balance";

  shard.events.orderAccepted(account, market.text, terms, 0, isAlgoOrder ? STAGES.waiting : STAGES.working);
  const { clientOrderId, clientOrderIdWord } = terms;
  const entry = shard.clientOrderIds.remember(account, clientOrderId, clientOrderIdWord, shard.time);
  if (isAlgoOrder) {
    const order = createOrder(shard, market, trader, terms, 0, entry, STAGE_WAITING);
    setLockPrice(shard, market, order);
    lockOrder(shard, market, order);
    beginWaiting(shard, market, order);
  } else matching.workNew(terms, entry);
  return undefined;
}

/** What is free of what an order pays with. */
export function freeFor(shard: Shard, trader: number, { side }: Terms): number {
  const { traders, balances } = shard;
  return balances.free(side === BUY ? traders.quoteBalance(trader) : traders.baseBalance(trader));
}

/** Rule 20: what the order may need of what is free; `matching` has taken it up. */
function needOf(shard: Shard, matching: Matching, market: MarketState, terms: Terms): number {
  if (terms.type !== MARKET) return lockNeed(market, terms);
  const { basePerLot } = market.market;
  if (terms.side === BUY) return terms.quoteQuantity || dryRun(shard, matching).quote;
  return (terms.quantity || dryRun(shard, matching).quantity) * basePerLot;
}
