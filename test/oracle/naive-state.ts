import type { EngineState } from "#shared/domain/engine-state.ts";
import type { OpenOrder } from "#shared/domain/order.ts";
import { sideOf } from "./naive-book.ts";
import type { NaiveOrder, World } from "./naive-world.ts";

/** The world in the canonical form of a state. */
export function stateOf(world: World): EngineState {
  return {
    rulesVersion: 1,
    shard: world.shard,
    branch: world.branch,
    epoch: world.epoch,
    provisional: world.provisional,
    ended: world.ended,
    seq: world.seq,
    time: world.time,
    lastPriority: world.lastPriority,
    assets: world.assets.map((each) => ({ ...each })).sort((a, b) => compare(a.asset.id, b.asset.id)),
    markets: world.markets
      .map((market) => {
        const { id } = market.market;
        const inPlace = (place: NaiveOrder["place"]) =>
          world.orders
            .filter((order) => order.market === id && order.place === place)
            .sort((a, b) => a.orderId - b.orderId)
            .map(openOrder);
        return {
          ...market,
          bids: sideOf(world, id, "BUY").map(openOrder),
          asks: sideOf(world, id, "SELL").map(openOrder),
          waiting: inPlace("waiting"),
          pending: inPlace("pending"),
          lists: world.lists.filter((list) => list.market === id).sort((a, b) => a.listId - b.listId),
        };
      })
      .sort((a, b) => compare(a.market.id, b.market.id)),
    balances: world.balances
      .filter(({ free, locked }) => free !== 0n || locked !== 0n)
      .map((each) => ({ ...each, free: Number(each.free), locked: Number(each.locked) }))
      .sort((a, b) => a.account - b.account || compare(a.asset, b.asset)),
    commands: [...world.commands],
    deposits: [...world.deposits],
    clientOrderIds: [...world.clientOrderIds],
    transfers: world.transfers.toSorted((a, b) => compare(a.transferId, b.transferId)),
    forks: world.forks.toSorted((a, b) => compare(a.fork, b.fork)),
  };
}

function openOrder(order: NaiveOrder): OpenOrder {
  const { place: _place, quoteQuantity: _amount, preventedQuote: _used, ...rest } = order;
  return { ...rest, executedQuote: Number(order.executedQuote), locked: Number(order.locked) };
}

/** By UTF-16 code units. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
