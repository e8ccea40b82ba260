import type { Deposit, Withdraw } from "#shared/domain/command.ts";
import type { RejectReason } from "#shared/domain/event.ts";
import { MAX_SUPPLY } from "#shared/domain/rules.ts";
import type { Shard } from "./shard.ts";

/** Brings money into the shard. Returns why not, if so. */
export function deposit(shard: Shard, { account, asset, amount }: Deposit): RejectReason | undefined {
  const { assets, balances, events } = shard;
  const number = assets.find(asset);
  if (number < 0) return "unknown-asset";
  if (account === 0 || amount === 0) return "malformed-amount";
  if (assets.supply(number) + amount > MAX_SUPPLY) return "supply-exceeded";
  assets.addSupply(number, amount);
  balances.credit(balances.open(account, number), amount);
  events.event({ kind: "Deposited", account, asset, amount });
  return undefined;
}

/** Takes money out of the shard. Returns why not, if so. */
export function withdraw(shard: Shard, { account, asset, amount }: Withdraw): RejectReason | undefined {
  const { assets, balances, events } = shard;
  const number = assets.find(asset);
  if (number < 0) return "unknown-asset";
  if (account === 0 || amount === 0) return "malformed-amount";
  const balance = balances.open(account, number);
  if (amount > balances.free(balance)) return "insufficient-balance";
  assets.addSupply(number, -amount);
  balances.debit(balance, amount);
  events.event({ kind: "Withdrawn", account, asset, amount });
  return undefined;
}
