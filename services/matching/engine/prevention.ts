import type { AccountId, OrderId } from "#shared/domain/ids.ts";
import { SELF_TRADE_PREVENTIONS, type SelfTradePrevention } from "#shared/domain/order.ts";
import type { MarketState } from "./market-state.ts";
import type { Shard } from "./shard.ts";

/** What looking at the opposite side needs to know of a taker. */
export interface TakerTerms {
  readonly market: MarketState;
  readonly account: number;
  readonly orderId: number;
  readonly side: number;
  /** Its self-trade prevention, by its place in its list. */
  readonly mode: number;
  readonly limit: number;
  /** Lots; 0 by quoteQuantity. */
  readonly remaining: number;
  readonly quoteQuantity: number;
}

/** Reports that two orders of one account met and did not trade, and how many lots that takes off each. */
export function recordPrevention(
  shard: Shard,
  taker: TakerTerms,
  maker: number,
  price: number,
  takerPrevented: number,
  makerPrevented: number,
): void {
  const { market } = taker;
  market.lastPreventedMatchId++;
  market.isChanged = true;
  shard.events.event({
    kind: "TradePrevented",
    market: market.market.id,
    preventedMatchId: market.lastPreventedMatchId,
    price,
    mode: SELF_TRADE_PREVENTIONS[taker.mode] as SelfTradePrevention,
    account: taker.account as AccountId,
    takerOrderId: taker.orderId as OrderId,
    makerOrderId: shard.book.orders.orderId(maker) as OrderId,
    takerPrevented,
    makerPrevented,
  });
}
