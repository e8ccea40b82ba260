import type { AssetState, BalanceState, EngineState, MarketState } from "#shared/domain/engine-state.ts";
import type { BranchId, MarketId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Market } from "#shared/domain/market.ts";
import { isMarketType, type OpenOrder } from "#shared/domain/order.ts";

/** What a split makes of a shard's state: what stays, and the first state of the new shard. */
export interface SplitState {
  readonly kept: EngineState;
  readonly moved: EngineState;
}

/**
 * The design of docs/scaling.md, "Splitting a shard", as a function of the state at the split's seq, so that every fold of the log comes to the same two states: markets go with their orders, what these lock and, as far as it is there, what they may need beside; other
 * free funds stay; both sides remember every command id and client order id, so that what comes again has no second effect on either.
 */
export function splitState(
  state: EngineState,
  {
    markets,
    shard,
    branch,
  }: { readonly markets: ReadonlySet<MarketId>; readonly shard: ShardId; readonly branch: BranchId },
): SplitState {
  assert(!state.ended && !state.provisional, "a shard is split in a reign that goes on");
  const [going, staying] = [true, false].map((goes) =>
    state.markets.filter(({ market }) => markets.has(market.id) === goes),
  ) as [MarketState[], MarketState[]];
  const [locked, needed] = [lockedBy(going), neededBy(going)];
  const moved = state.balances
    .map((balance) => ({
      ...balance,
      free: Math.min(balance.free, needed.get(keyOf(balance)) ?? 0),
      locked: locked.get(keyOf(balance)) ?? 0,
    }))
    .filter(({ free, locked: goes }) => free > 0 || goes > 0);
  const gone = new Map(moved.map((balance) => [keyOf(balance), balance]));
  const kept = state.balances
    .map((balance) => {
      const { free, locked: goes } = gone.get(keyOf(balance)) ?? { free: 0, locked: 0 };
      return { ...balance, free: balance.free - free, locked: balance.locked - goes };
    })
    .filter(({ free, locked: left }) => free > 0 || left > 0);
  return {
    kept: { ...state, markets: staying, balances: kept, assets: suppliesLess(state.assets, moved) },
    moved: {
      ...state,
      ...{ shard, branch, markets: going, balances: moved },
      assets: state.assets.map(({ asset }) => ({ asset, supply: sumOf(moved, asset.id) })),
      transfers: [],
      forks: [],
    },
  };
}

/** What the open orders of markets lock, by account and asset. */
function lockedBy(markets: readonly MarketState[]): ReadonlyMap<string, number> {
  const locked = new Map<string, number>();
  for (const { market, bids, asks, waiting, pending } of markets)
    for (const order of [...bids, ...asks, ...waiting, ...pending]) add(locked, market, order, order.locked);
  return locked;
}

/**
 * What orders of markets may take of free funds later, at most: pending ones have nothing locked before their turn comes, and a buy at any price that is triggered takes more than it has locked where the book is dearer than it was.
 * They would expire where those funds are not.
 */
export function neededBy(markets: readonly MarketState[]): ReadonlyMap<string, number> {
  const needed = new Map<string, number>();
  for (const { market, waiting, pending } of markets)
    for (const order of [...pending, ...waiting.filter(({ type }) => isMarketType(type))]) {
      const price = order.price > 0 ? order.price : market.maxPrice;
      const perLot = order.side === "BUY" ? price * market.quotePerTickLot : market.basePerLot;
      add(needed, market, order, (order.quantity - order.executed) * perLot - order.locked);
    }
  return needed;
}

/** An account's balance of one asset, in the maps of this module. */
export function keyOf({ account, asset }: Pick<BalanceState, "account" | "asset">): string {
  return `${account} ${asset}`;
}

function add(amounts: Map<string, number>, market: Market, order: OpenOrder, amount: number): void {
  const key = keyOf({ account: order.account, asset: order.side === "BUY" ? market.quote : market.base });
  amounts.set(key, (amounts.get(key) ?? 0) + amount);
}

function suppliesLess(assets: readonly AssetState[], moved: readonly BalanceState[]): AssetState[] {
  return assets.map(({ asset, supply }) => ({ asset, supply: supply - sumOf(moved, asset.id) }));
}

function sumOf(balances: readonly BalanceState[], asset: string): number {
  return balances
    .filter((one) => one.asset === asset)
    .reduce((sum, { free, locked }) => sum + free + locked, 0);
}
