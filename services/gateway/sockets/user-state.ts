import type { UserState } from "#shared/protocol/socket.ts";
import type { Principal } from "../identity/principal.ts";
import { transferJson } from "../rest/transfer-json.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import type { SocketShards } from "./socket-shards.ts";

/** A user's balances and open orders as they are now, with the places from which their feeds go on. */
export function userState({ account, user }: Principal, view: ExchangeView, shards: SocketShards): UserState {
  const { all } = shards;
  return {
    // All of this seq is in it, whatever index comes.
    places: all.map((shard) => shard.wire.place(shard.view, Number.MAX_SAFE_INTEGER, null)),
    user,
    account,
    balances: all.flatMap((shard) =>
      shard.view
        .balances(account)
        .map((balance) => ({ shard: shard.view.shard, ...shard.wire.amounts(balance) })),
    ),
    openOrders: view.openOrders(account).map((order) => shards.ofMarket(order.market).wire.openOrder(order)),
    transfers: view.transfersInFlight(account).map((transfer) => transferJson(view, transfer)),
    final: all.map((shard) => shard.final()),
    openOrderLists: view.openOrderLists(account).map((list) => {
      const { wire } = shards.ofMarket(list.market);
      return wire.listStatus(list, wire.placeOf(list));
    }),
  };
}
