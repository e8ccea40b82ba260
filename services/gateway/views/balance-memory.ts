import type { AssetState, BalanceState } from "#shared/domain/engine-state.ts";
import type { Event } from "#shared/domain/event.ts";
import type { AccountId, AssetId } from "#shared/domain/ids.ts";
import type { AccountBalance, Balance, Residual } from "./region-view.ts";

/** What every account of a shard has, and whether it all adds up. */
export class BalanceMemory {
  readonly #balances = new Map<AccountId, Map<AssetId, Balance>>();
  /** What the accounts have in all, and what came into the shard and did not leave it, by asset, smallest units. */
  readonly #held = new Map<AssetId, number>();
  readonly #supply = new Map<AssetId, number>();

  constructor(balances: readonly BalanceState[], assets: readonly AssetState[]) {
    for (const { account, ...balance } of balances) this.#put(account, balance);
    for (const { asset, supply } of assets) this.#supply.set(asset.id, supply);
  }

  fold(event: Event): void {
    switch (event.kind) {
      case "BalanceChanged": {
        const { account, asset, free, locked } = event;
        this.#put(account, { asset, free, locked });
        break;
      }
      case "Deposited":
      case "TransferredIn":
        add(this.#supply, event.asset, event.amount);
        break;
      case "Withdrawn":
      case "TransferredOut":
        add(this.#supply, event.asset, -event.amount);
        break;
      default:
    }
  }

  /** By asset id; balances that are zero are left out. */
  of(account: AccountId): readonly Balance[] {
    const balances = [...(this.#balances.get(account)?.values() ?? [])];
    return balances.sort((a, b) => (a.asset < b.asset ? -1 : 1));
  }

  get(account: AccountId, asset: AssetId): Balance {
    return this.#balances.get(account)?.get(asset) ?? { asset, free: 0, locked: 0 };
  }

  /** Of every account, in no order. */
  all(): readonly AccountBalance[] {
    return [...this.#balances].flatMap(([account, balances]) =>
      [...balances.values()].map((balance) => ({ account, ...balance })),
    );
  }

  /** Of each asset that ever came here. */
  residuals(): readonly Residual[] {
    const assets = new Set([...this.#supply.keys(), ...this.#held.keys()]);
    return [...assets].map((asset) => ({
      asset,
      residual: (this.#held.get(asset) ?? 0) - (this.#supply.get(asset) ?? 0),
    }));
  }

  #put(account: AccountId, balance: Balance): void {
    const { asset, free, locked } = balance;
    const before = this.get(account, asset);
    add(this.#held, asset, free + locked - before.free - before.locked);
    let balances = this.#balances.get(account);
    if (balances === undefined) {
      balances = new Map();
      this.#balances.set(account, balances);
    }
    if (free === 0 && locked === 0) balances.delete(asset);
    else balances.set(asset, balance);
  }
}

function add(sums: Map<AssetId, number>, asset: AssetId, amount: number): void {
  sums.set(asset, (sums.get(asset) ?? 0) + amount);
}
