import { expirePartner } from "./end-order.ts";
import type { MarketState } from "./market-state.ts";
import type { Matching } from "./matching.ts";
import { accountOf, lockedOf, payingBalanceOf } from "./open-orders.ts";
import type { Shard } from "./shard.ts";

/** A triggered order's turn: its lock is released and it goes to work. */
export function takeTurn(shard: Shard, matching: Matching, market: MarketState, order: number): void {
  const orderId = shard.book.orders.orderId(order);
  shard.events.orderTriggered(orderId, accountOf(shard, order), market.text);
  expirePartner(shard, market, order);
  shard.balances.unlock(payingBalanceOf(shard, order), lockedOf(shard, market, order));
  matching.workStored(market, order);
}
