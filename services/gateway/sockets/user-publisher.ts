import type { ViewUpdate } from "../views/region-view.ts";
import type { FeedChain } from "./feed-chain.ts";
import { userRoom } from "./rooms.ts";
import type { ToldRooms } from "./told-rooms.ts";
import { accountsOf, userMessages } from "./user-messages.ts";
import type { WireMessages } from "./wire-messages.ts";

/** Tells each user who is here what an update did to their orders and balances, and nobody else. */
export function publishToUsers(
  rooms: ToldRooms,
  chain: FeedChain,
  wire: WireMessages,
  update: ViewUpdate,
): void {
  const { shard, seq } = update.outcome;
  for (const account of accountsOf(update)) {
    const room = userRoom(shard, account);
    if (!chain.isFollowed(room)) continue;
    for (const { event, message } of userMessages(update, account, chain.previous(room), wire)) {
      if (event === "executionReport") rooms.to(room).emit(event, message);
      else if (event === "listStatus") rooms.to(room).emit(event, message);
      else if (event === "ordersMerged") rooms.to(room).emit(event, message);
      else rooms.to(room).emit(event, message);
    }
    chain.advance(room, seq);
  }
}
