import type { UserState } from "#shared/protocol/socket.ts";
import type { Principal } from "../identity/principal.ts";
import type { SocketShards } from "./socket-shards.ts";

/** A user's balances and open orders as they are now, with the places from which their feeds go on. */
export function userState({ account, user }: Principal, { all }: SocketShards): UserState {
  return {
    // All of this seq is in it, whatever index comes.
    places: all.map(({ view, wire }) => wire.place(view, Number.MAX_SAFE_INTEGER, null)),
    user,
    account,
    balances: all.flatMap(({ view, wire }) =>
      view.balances(account).map((balance) => ({ shard: view.shard, ...wire.amounts(balance) })),
    ),
    openOrders: all.flatMap(({ view, wire }) =>
      view.openOrders(account).map((order) => wire.openOrder(order)),
    ),
    openOrderLists: all.flatMap(({ view, wire }) =>
      view.openOrderLists(account).map((list) => wire.listStatus(list, wire.placeOf(list))),
    ),
  };
}
