import type { ViewUpdate } from "../views/region-view.ts";
import { tickerRoom } from "./rooms.ts";
import type { ToldRooms } from "./told-rooms.ts";
import type { WireMessages } from "./wire-messages.ts";

/** Tells who follows a market's ticker that its state changed, and the auction that opened it. */
export function publishMarketStatus(rooms: ToldRooms, wire: WireMessages, { outcome }: ViewUpdate): void {
  for (const [index, event] of outcome.events.entries()) {
    if (event.kind !== "MarketStateChanged") continue;
    const auction = outcome.events.find(
      (other) => other.kind === "AuctionUncrossed" && other.market === event.market,
    );
    const place = wire.place(outcome, index, null);
    const result = auction?.kind === "AuctionUncrossed" ? auction : undefined;
    rooms
      .to(tickerRoom(event.market))
      .emit("marketStatus", wire.marketStatus(event, result, outcome.time, place));
  }
}
