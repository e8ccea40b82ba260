import type { Asset } from "#shared/domain/asset.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { AssetId, BranchId, MarketId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { RULES_VERSION } from "#shared/domain/rules.ts";
import { Accounts } from "./accounts.ts";
import { BookOrder } from "./book-order.ts";
import { lockOf } from "./locks.ts";
import { MarketBook } from "./market-book.ts";
import { Memory } from "./memory.ts";
import { OpenOrders } from "./open-orders.ts";

interface AssetEntry {
  readonly asset: Asset;
  /** Deposits minus withdrawals so far. */
  supply: number;
}

/** Everything that the fold of one shard knows. Built from nothing or from a snapshot's state. */
export class ShardState {
  readonly shard: ShardId;
  readonly branch: BranchId;
  seq = 0;
  time = 0;
  readonly assets = new Map<AssetId, AssetEntry>();
  readonly books = new Map<MarketId, MarketBook>();
  readonly accounts = new Accounts();
  readonly orders = new OpenOrders();
  readonly memory = new Memory();

  constructor(shard: ShardId, branch: BranchId) {
    this.shard = shard;
    this.branch = branch;
  }

  /** The logical state in canonical order. */
  toEngineState(): EngineState {
    return {
      rulesVersion: RULES_VERSION,
      shard: this.shard,
      branch: this.branch,
      seq: this.seq as Seq,
      time: this.time,
      assets: sorted(this.assets).map(({ asset, supply }) => ({ asset, supply })),
      markets: sorted(this.books).map((book) => book.state()),
      balances: this.accounts.state(),
      commands: this.memory.commands(),
      deposits: this.memory.deposits(),
      clientOrderIds: this.memory.clientOrderIds(),
    };
  }

  /** Takes a state over, and asserts invariants 1, 2 and 4 in full. */
  static from(state: EngineState): ShardState {
    assert(state.rulesVersion === RULES_VERSION, `unknown version of the rules: ${state.rulesVersion}`);
    const shard = new ShardState(state.shard, state.branch);
    shard.seq = state.seq;
    shard.time = state.time;
    for (const { asset, supply } of state.assets) shard.assets.set(asset.id, { asset, supply });
    shard.accounts.restore(state.balances);
    for (const command of state.commands) shard.memory.rememberCommand(command);
    for (const command of state.deposits) shard.memory.rememberDeposit(command);
    for (const entry of state.clientOrderIds) shard.memory.rememberClientOrderId(entry);
    for (const marketState of state.markets) {
      const book = new MarketBook(marketState.market);
      book.restore(marketState);
      shard.books.set(marketState.market.id, book);
      for (const resting of [...marketState.bids, ...marketState.asks]) {
        const order = new BookOrder(resting);
        book.own(order.side).add(order);
        shard.orders.add(order);
      }
    }
    assertWhole(state);
    return shard;
  }
}

/** Balances add up to the supply; what is locked is what open orders need; no book is crossed. */
function assertWhole(state: EngineState): void {
  const totals = new Map<AssetId, number>();
  const locked = new Map<string, number>();
  for (const balance of state.balances) {
    totals.set(balance.asset, (totals.get(balance.asset) ?? 0) + (balance.free + balance.locked));
    if (balance.locked !== 0) locked.set(`${balance.account} ${balance.asset}`, balance.locked);
  }
  for (const { asset, supply } of state.assets) {
    assert((totals.get(asset.id) ?? 0) === supply, `the balances of ${asset.id} do not add up to its supply`);
  }
  for (const { market, bids, asks } of state.markets) {
    for (const order of [...bids, ...asks]) {
      const { asset, amount } = lockOf(market, order.side, order.price, order.quantity - order.executed);
      const key = `${order.account} ${asset}`;
      locked.set(key, (locked.get(key) ?? 0) - amount);
    }
    const [bid, ask] = [bids[0], asks[0]];
    assert(
      bid === undefined || ask === undefined || bid.price < ask.price,
      `the book of ${market.id} is crossed`,
    );
  }
  for (const [key, difference] of locked) assert(difference === 0, `locked and needed differ for ${key}`);
}

function sorted<K extends string, V>(map: ReadonlyMap<K, V>): V[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
