import type { TransferIn, TransferOut, TransferSettled } from "#shared/domain/command.ts";
import type { RejectReason } from "#shared/domain/event.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import { MAX_SUPPLY } from "#shared/domain/rules.ts";
import { defineAsset } from "./definitions.ts";
import type { Shard } from "./shard.ts";

/** Takes funds out for another shard; from here on they are in flight. Returns why not, if so. */
export function transferOut(
  shard: Shard,
  transferId: CommandId,
  { account, asset, amount, toShard }: TransferOut,
): RejectReason | undefined {
  const { assets, balances, transfers, events } = shard;
  const number = assets.find(asset);
  if (number < 0) return "unknown-asset";
  if (account === 0 || amount === 0) return "malformed-amount";
  const balance = balances.open(account, number);
  if (amount > balances.free(balance)) return "insufficient-balance";
  assets.addSupply(number, -amount);
  balances.debit(balance, amount);
  const transfer = { transferId, account, asset, amount, toShard };
  transfers.add(transfer);
  events.event({ kind: "TransferredOut", ...transfer });
  return undefined;
}

/** Credits what another shard sent, and defines its asset where it is new here. Returns why not, if so: only for what makes no sense, or passes all bounds. */
export function transferIn(
  shard: Shard,
  { transferId, account, asset, scale, amount, fromShard }: TransferIn,
): RejectReason | undefined {
  const { assets, balances, events } = shard;
  if (account === 0 || amount === 0) return "malformed-amount";
  const known = assets.find(asset);
  if (known >= 0 && assets.supply(known) + amount > MAX_SUPPLY) return "supply-exceeded";
  const undefinable = defineAsset(shard, { id: asset, scale });
  if (undefinable !== undefined) return undefinable;
  if (known < 0) events.event({ kind: "AssetDefined", asset: { id: asset, scale } });
  const number = assets.find(asset);
  assets.addSupply(number, amount);
  balances.credit(balances.open(account, number), amount);
  events.event({ kind: "TransferredIn", transferId, account, asset, amount, fromShard });
  return undefined;
}

/** What was credited for good at the other shard is in flight no more; nothing happens if it is not. */
export function settleTransfer({ transfers, events }: Shard, { transferId }: TransferSettled): void {
  if (transfers.remove(transferId)) events.event({ kind: "TransferEnded", transferId });
}
