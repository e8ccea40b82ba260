import type { AccountId } from "#shared/domain/ids.ts";
import { transferJson } from "../rest/transfer-json.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import type { ViewUpdate } from "../views/region-view.ts";
import { userRoom } from "./rooms.ts";
import type { ToldRooms } from "./told-rooms.ts";

/** Tells each user whose funds set out from a shard or arrived at one what is on its way now. */
export function publishTransfers(rooms: ToldRooms, view: ExchangeView, { outcome }: ViewUpdate): void {
  const accounts = new Set<AccountId>();
  for (const event of outcome.events) {
    if (event.kind === "TransferredOut" || event.kind === "TransferredIn") accounts.add(event.account);
  }
  const [first] = view.shards;
  if (first === undefined) return;
  for (const account of accounts) {
    const transfers = view.transfersInFlight(account).map((transfer) => transferJson(view, transfer));
    // Each socket of the user is in the room of every shard: one of them reaches all.
    rooms.to(userRoom(first.shard, account)).emit("transfers", { transfers });
  }
}
