import type { Deposit, Withdraw } from "#shared/domain/command.ts";
import type { Event, RejectReason } from "#shared/domain/event.ts";
import { MAX_SUPPLY } from "#shared/domain/rules.ts";
import { isCount } from "./definitions.ts";
import type { ShardState } from "./shard-state.ts";

/** Brings money into the shard. Returns why not, if so. */
export function deposit(state: ShardState, command: Deposit, events: Event[]): RejectReason | undefined {
  const { account, asset, amount } = command;
  const entry = state.assets.get(asset);
  if (entry === undefined) return "unknown-asset";
  if (!isPositive(account) || !isPositive(amount)) return "malformed-amount";
  if (entry.supply + amount > MAX_SUPPLY) return "supply-exceeded";
  entry.supply += amount;
  state.accounts.credit(account, asset, amount);
  events.push({ kind: "Deposited", account, asset, amount });
  return undefined;
}

/** Takes money out of the shard. Returns why not, if so. */
export function withdraw(state: ShardState, command: Withdraw, events: Event[]): RejectReason | undefined {
  const { account, asset, amount } = command;
  const entry = state.assets.get(asset);
  if (entry === undefined) return "unknown-asset";
  if (!isPositive(account) || !isPositive(amount)) return "malformed-amount";
  if (amount > state.accounts.free(account, asset)) return "insufficient-balance";
  entry.supply -= amount;
  state.accounts.debit(account, asset, amount);
  events.push({ kind: "Withdrawn", account, asset, amount });
  return undefined;
}

function isPositive(value: number): boolean {
  return isCount(value) && value > 0;
}
