import type { BalanceState } from "#shared/domain/engine-state.ts";
import type { BalanceChanged } from "#shared/domain/event.ts";
import type { AccountId, AssetId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";

interface Balance {
  readonly account: AccountId;
  readonly asset: AssetId;
  free: number;
  locked: number;
  /** What it was before the present command. */
  freeBefore: number;
  lockedBefore: number;
  touched: boolean;
}

/** Free and locked amounts per (account, asset), and which of them the present command changed. */
export class Accounts {
  readonly #accounts = new Map<AccountId, Map<AssetId, Balance>>();
  readonly #touched: Balance[] = [];

  free(account: AccountId, asset: AssetId): number {
    return this.#accounts.get(account)?.get(asset)?.free ?? 0;
  }

  credit(account: AccountId, asset: AssetId, amount: number): void {
    if (amount === 0) return;
    const balance = this.#touch(account, asset);
    balance.free += amount;
    assert(Number.isSafeInteger(balance.free), "a balance is a safe integer");
  }

  debit(account: AccountId, asset: AssetId, amount: number): void {
    if (amount === 0) return;
    const balance = this.#touch(account, asset);
    balance.free -= amount;
    assert(balance.free >= 0, "no free amount is negative");
  }

  lock(account: AccountId, asset: AssetId, amount: number): void {
    const balance = this.#touch(account, asset);
    balance.free -= amount;
    balance.locked += amount;
    assert(balance.free >= 0, "no free amount is negative");
  }

  unlock(account: AccountId, asset: AssetId, amount: number): void {
    const balance = this.#touch(account, asset);
    balance.locked -= amount;
    balance.free += amount;
    assert(balance.locked >= 0, "no locked amount is negative");
  }

  /** Pays from what is locked. */
  spendLocked(account: AccountId, asset: AssetId, amount: number): void {
    const balance = this.#touch(account, asset);
    balance.locked -= amount;
    assert(balance.locked >= 0, "no locked amount is negative");
  }

  /**
   * Ends a command: its changes in canonical order. `supplyChange` is what was deposited minus withdrawn by this command, of
   * `supplyAsset`; what all balances of any asset changed by must come to just that (invariant 1).
   */
  takeChanges(supplyAsset: AssetId | undefined, supplyChange: number): BalanceChanged[] {
    if (this.#touched.length === 0) return [];
    const sums = new Map<AssetId, number>();
    const changes: BalanceChanged[] = [];
    for (const balance of this.#touched) {
      const freeChange = balance.free - balance.freeBefore;
      const lockedChange = balance.locked - balance.lockedBefore;
      balance.touched = false;
      if (freeChange === 0 && lockedChange === 0) continue;
      // Any partial sum is a part of the supply after minus the same part before: a safe integer, so every addition is exact.
      sums.set(balance.asset, (sums.get(balance.asset) ?? 0) + (freeChange + lockedChange));
      const { account, asset, free, locked } = balance;
      changes.push({ kind: "BalanceChanged", account, asset, free, locked });
    }
    this.#touched.length = 0;
    for (const [asset, sum] of sums) {
      assert(
        sum === (asset === supplyAsset ? supplyChange : 0),
        `money of ${asset} is missing or made: ${sum}`,
      );
    }
    return changes.sort(byAccountThenAsset);
  }

  /** By account, then asset; without those that are zero. */
  state(): BalanceState[] {
    const balances: BalanceState[] = [];
    for (const assets of this.#accounts.values()) {
      for (const { account, asset, free, locked } of assets.values()) {
        if (free !== 0 || locked !== 0) balances.push({ account, asset, free, locked });
      }
    }
    return balances.sort(byAccountThenAsset);
  }

  restore(balances: readonly BalanceState[]): void {
    for (const { account, asset, free, locked } of balances) {
      const balance = this.#balance(account, asset);
      balance.free = free;
      balance.locked = locked;
    }
  }

  #touch(account: AccountId, asset: AssetId): Balance {
    const balance = this.#balance(account, asset);
    if (!balance.touched) {
      balance.touched = true;
      balance.freeBefore = balance.free;
      balance.lockedBefore = balance.locked;
      this.#touched.push(balance);
    }
    return balance;
  }

  #balance(account: AccountId, asset: AssetId): Balance {
    let assets = this.#accounts.get(account);
    if (assets === undefined) {
      assets = new Map();
      this.#accounts.set(account, assets);
    }
    let balance = assets.get(asset);
    if (balance === undefined) {
      balance = { account, asset, free: 0, locked: 0, freeBefore: 0, lockedBefore: 0, touched: false };
      assets.set(asset, balance);
    }
    return balance;
  }
}

interface AccountAsset {
  readonly account: AccountId;
  readonly asset: AssetId;
}

function byAccountThenAsset(a: AccountAsset, b: AccountAsset): number {
  if (a.account !== b.account) return a.account - b.account;
  return a.asset < b.asset ? -1 : a.asset > b.asset ? 1 : 0;
}
