import { STAGE_QUEUED } from "../book/orders.ts";
import { activateList } from "./activate-list.ts";
import { expirePartner } from "./end-order.ts";
import type { MarketState } from "./market-state.ts";
import type { Matching } from "./matching.ts";
import { accountOf, lockedOf, payingBalanceOf } from "./open-orders.ts";
import type { Shard } from "./shard.ts";

/** Works off what the present command's trades have set off, until nothing is left. Ends, since an order is triggered and activated once. */
export function workOff(shard: Shard, matching: Matching): void {
  const { orders } = shard.book;
  while (!shard.queue.isEmpty) {
    const work = shard.queue.take();
    if (work.kind === "list") {
      activateList(shard, matching, work.list);
      continue;
    }
    const isStillThere = orders.find(work.orderId) === work.order && orders.stage(work.order) === STAGE_QUEUED;
    if (isStillThere) takeTurn(shard, matching, shard.marketOf(work.order), work.order);
  }
}

/** A triggered order's turn: its lock is released and it goes to work. */
export function takeTurn(shard: Shard, matching: Matching, market: MarketState, order: number): void {
  const orderId = shard.book.orders.orderId(order);
  shard.events.orderTriggered(orderId, accountOf(shard, order), market.text);
  expirePartner(shard, market, order);
  shard.balances.unlock(payingBalanceOf(shard, order), lockedOf(shard, market, order));
  matching.workStored(market, order);
}
