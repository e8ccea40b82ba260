import { assert } from "#shared/domain/invariant.ts";
import { STAGE_NONE } from "../book/orders.ts";
import { lockedOf, payingBalanceOf } from "./open-orders.ts";
import type { Shard } from "./shard.ts";

/** Invariants 1, 2 and 4 in full: balances add up to the supply; what is locked is what open orders lock; no open book is crossed. */
export function assertWhole(shard: Shard): void {
  const { balances, assets, book } = shard;
  const { orders } = book;
  const states = assets.states();
  const totals = new Float64Array(states.length);
  const locked = new Float64Array(balances.count);
  for (let slot = 0; slot < balances.count; slot++) {
    const asset = balances.asset(slot);
    const total = (totals[asset] as number) + balances.free(slot) + balances.locked(slot);
    assert(total <= Number.MAX_SAFE_INTEGER, "no supply is too large");
    totals[asset] = total;
    locked[slot] = balances.locked(slot);
  }
  for (const { asset, supply } of states) {
    const total = totals[assets.find(asset.id)];
    assert(total === supply, `the balances of ${asset.id} do not add up to its supply`);
  }
  for (let order = 0; order < orders.end; order++) {
    if (orders.stage(order) === STAGE_NONE) continue;
    const slot = payingBalanceOf(shard, order);
    locked[slot] = (locked[slot] as number) - lockedOf(shard, shard.marketOf(order), order);
  }
  let isLockedRight = true;
  for (let slot = 0; slot < locked.length; slot++) isLockedRight &&= locked[slot] === 0;
  assert(isLockedRight, "what is locked is what open orders lock");
  for (const market of shard.markets) {
    assert(
      market.state !== "TRADING" || !market.isCrossed(book),
      `the book of ${market.market.id} is crossed`,
    );
  }
}
