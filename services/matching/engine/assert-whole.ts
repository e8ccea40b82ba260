import { assert } from "#shared/domain/invariant.ts";
import { STAGE_NONE } from "../book/orders.ts";
import { lockedOf, payingBalanceOf } from "./open-orders.ts";
import type { Shard } from "./shard.ts";

/** Invariants 1, 2 and 4 in full: balances add up to the supply; what is locked is what open orders lock; no open book is crossed. */
export function assertWhole(shard: Shard): void {
  const { balances, assets, book } = shard;
  const { orders } = book;
  const totals = new Map<number, number>();
  const locked = new Float64Array(balances.count);
  for (let slot = 0; slot < balances.count; slot++) {
    const asset = balances.asset(slot);
    totals.set(asset, (totals.get(asset) ?? 0) + balances.free(slot) + balances.locked(slot));
    locked[slot] = balances.locked(slot);
  }
  for (const { asset, supply } of assets.states()) {
    const total = totals.get(assets.find(asset.id)) ?? 0;
    assert(total === supply, `the balances of ${asset.id} do not add up to its supply`);
  }
  for (let order = 0; order < orders.end; order++) {
    if (orders.stage(order) === STAGE_NONE) continue;
    const slot = payingBalanceOf(shard, order);
    locked[slot] = (locked[slot] as number) - lockedOf(shard, shard.marketOf(order), order);
  }
  assert(
    locked.every((difference) => difference === 0),
    "what is locked is what open orders lock",
  );
  for (const market of shard.markets) {
    assert(
      market.state !== "TRADING" || !market.isCrossed(book),
      `the book of ${market.market.id} is crossed`,
    );
  }
}
