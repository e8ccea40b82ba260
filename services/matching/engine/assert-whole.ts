import { assert } from "#shared/domain/invariant.ts";
import type { LockSums } from "./lock-sums.ts";
import type { Shard } from "./shard.ts";

/** Invariants 1, 2 and 4 in full: balances add up to the supply; what is locked is what open orders lock; no open book is crossed. */
export function assertWhole(shard: Shard, locks: LockSums): void {
  const { balances, assets, book, traders } = shard;
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
  for (let trader = 0; trader < traders.count; trader++) {
    const base = traders.baseBalance(trader);
    const quote = traders.quoteBalance(trader);
    locked[base] = (locked[base] as number) - locks.ofBase(trader);
    locked[quote] = (locked[quote] as number) - locks.ofQuote(trader);
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
