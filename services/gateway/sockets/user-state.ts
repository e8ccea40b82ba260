import type { UserState } from "#shared/protocol/socket.ts";
import type { Principal } from "../identity/principal.ts";
import type { RegionView } from "../views/region-view.ts";
import type { WireMessages } from "./wire-messages.ts";

/** A user's balances and open orders as they are now, with the place from which their feed goes on. */
export function userState({ account, user }: Principal, view: RegionView, wire: WireMessages): UserState {
  return {
    // All of this seq is in it, whatever index comes.
    place: wire.place(view.seq, Number.MAX_SAFE_INTEGER, null),
    user,
    account,
    balances: view.balances(account).map((balance) => wire.amounts(balance)),
    openOrders: view.openOrders(account).map((order) => wire.openOrder(order)),
    openOrderLists: view
      .openOrderLists(account)
      .map((list) => wire.listStatus(list, wire.place(list.seq, 0, null))),
  };
}
