import type { AccountId, AssetId, MarketId } from "#shared/domain/ids.ts";
import type { Side } from "#shared/domain/order.ts";
import { compare } from "./naive-state.ts";
import { marketOf, type World } from "./naive-world.ts";

/** What the events at the end of a command are about: all balances and all price levels. */
export interface Picture {
  readonly balances: ReadonlyMap<string, BalanceEntry>;
  readonly levels: ReadonlyMap<string, LevelEntry>;
}

interface BalanceEntry {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly free: number;
  readonly locked: number;
}

interface LevelEntry {
  readonly market: MarketId;
  readonly side: Side;
  readonly price: number;
  readonly quantity: number;
}

export function pictureOf(world: World): Picture {
  const balances = new Map<string, BalanceEntry>();
  for (const { account, asset, free, locked } of world.balances) {
    balances.set(`${account} ${asset}`, { account, asset, free: Number(free), locked: Number(locked) });
  }
  const levels = new Map<string, LevelEntry>();
  for (const { place, market, side, price, visible } of world.orders) {
    if (place !== "book") continue;
    const key = `${market} ${side} ${price}`;
    levels.set(key, { market, side, price, quantity: visible + (levels.get(key)?.quantity ?? 0) });
  }
  return { balances, levels };
}

/** Tells every balance and level that differs from before, in canonical order. */
export function tellChanges(world: World, before: Picture): void {
  const after = pictureOf(world);
  const changedBalances = bothSides(before.balances, after.balances, { free: 0, locked: 0 })
    .filter(({ old, now }) => old.free !== now.free || old.locked !== now.locked)
    .sort((a, b) => a.now.account - b.now.account || compare(a.now.asset, b.now.asset));
  for (const { now } of changedBalances) world.events.push({ kind: "BalanceChanged", ...now });
  const changedLevels = bothSides(before.levels, after.levels, { quantity: 0 })
    .filter(({ old, now }) => old.quantity !== now.quantity)
    .sort(
      ({ now: a }, { now: b }) => compare(a.market, b.market) || compare(a.side, b.side) || a.price - b.price,
    );
  for (const { now } of changedLevels) {
    const market = marketOf(world, now.market);
    market.lastUpdateId++;
    world.events.push({ kind: "LevelChanged", ...now, updateId: market.lastUpdateId });
  }
}

/** Every key that was or is there, with its value before and now; `nothing` where there is none. */
function bothSides<T extends object>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  nothing: Partial<T>,
): { old: T; now: T }[] {
  const pairs: { old: T; now: T }[] = [];
  for (const [key, old] of before) pairs.push({ old, now: after.get(key) ?? { ...old, ...nothing } });
  for (const [key, now] of after) if (!before.has(key)) pairs.push({ old: { ...now, ...nothing }, now });
  return pairs;
}
