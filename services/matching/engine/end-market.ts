import type { MarketState } from "./market-state.ts";
import type { Shard } from "./shard.ts";

/** Ends a command in a market: tells which levels it changed, and brings the market's digest up to date. */
export function endMarket(shard: Shard, market: MarketState): void {
  if (market.depth.count === 0 && !market.isChanged) return;
  market.depth.writeChanges(shard.events);
  market.isChanged = false;
  market.rehash(shard.digest);
}
