import type { ViewUpdate } from "../views/region-view.ts";
import type { FeedChain } from "./feed-chain.ts";
import { tradeRoom } from "./rooms.ts";
import type { ToldRooms } from "./told-rooms.ts";
import { tradeMessages } from "./trade-messages.ts";
import type { WireMessages } from "./wire-messages.ts";

/** Tells the followers of each market its trades. */
export function publishTrades(
  rooms: ToldRooms,
  chain: FeedChain,
  wire: WireMessages,
  update: ViewUpdate,
): void {
  const { outcome, trades } = update;
  for (const market of new Set(trades.map((trade) => trade.market))) {
    const room = tradeRoom(market);
    if (!chain.isFollowed(room)) continue;
    for (const message of tradeMessages(outcome, market, chain.previous(room), wire)) {
      rooms.to(room).emit("trade", message);
    }
    chain.advance(room, outcome.seq);
  }
}
