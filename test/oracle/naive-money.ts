import type { AccountId, AssetId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import type { Side } from "#shared/domain/order.ts";
import { marketOf, type NaiveBalance, type NaiveOrder, remaining, type World } from "./naive-world.ts";

/** Changes a balance by so much. Neither part may become negative. */
export function move(world: World, account: AccountId, asset: AssetId, free: bigint, locked: bigint): void {
  let balance = find(world, account, asset);
  if (balance === undefined) {
    balance = { account, asset, free: 0n, locked: 0n };
    world.balances.push(balance);
  }
  balance.free += free;
  balance.locked += locked;
  if (balance.free < 0n || balance.locked < 0n)
    throw new Error(`a negative balance of ${account} in ${asset}`);
}

export function freeOf(world: World, account: AccountId, asset: AssetId): bigint {
  return find(world, account, asset)?.free ?? 0n;
}

/** Free and locked together. */
export function ownedBy(world: World, account: AccountId, asset: AssetId): bigint {
  const balance = find(world, account, asset);
  return balance === undefined ? 0n : balance.free + balance.locked;
}

/** What so many lots cost at a price, in smallest units of the quote asset. */
export function costOf(market: Market, price: number, quantity: number): bigint {
  return BigInt(price) * BigInt(quantity) * BigInt(market.quotePerTickLot);
}

/** So many lots in smallest units of the base asset. */
export function baseOf(market: Market, quantity: number): bigint {
  return BigInt(quantity) * BigInt(market.basePerLot);
}

export function feeOf(received: bigint, ppm: number): bigint {
  return (received * BigInt(ppm)) / 1_000_000n;
}

/** What an order of this side pays with. */
export function assetPaid(market: Market, side: Side): AssetId {
  return side === "BUY" ? market.quote : market.base;
}

/** What the order needs to be locked, by its `lockPrice` if it buys. */
export function needOf(market: Market, order: NaiveOrder): bigint {
  return order.side === "BUY"
    ? costOf(market, order.lockPrice, remaining(order))
    : baseOf(market, remaining(order));
}

/** Makes what the order holds locked exactly so much, from and to what is free. */
export function setLock(world: World, order: NaiveOrder, amount: bigint): void {
  const { market } = marketOf(world, order.market);
  const more = amount - order.locked;
  if (more !== 0n) move(world, order.account, assetPaid(market, order.side), -more, more);
  order.locked = amount;
}

function find(world: World, account: AccountId, asset: AssetId): NaiveBalance | undefined {
  return world.balances.find((each) => each.account === account && each.asset === asset);
}
