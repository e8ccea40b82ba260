import type { TransferIn, TransferOut, TransferSettled } from "#shared/domain/command.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import { assetOf } from "./naive-administration.ts";
import { freeOf, move } from "./naive-money.ts";
import { demand, isCount, isPositive, type World } from "./naive-world.ts";

export function transferOut(world: World, transferId: CommandId, command: TransferOut): void {
  const { account, asset, amount, toShard } = command;
  const entry = assetOf(world, asset);
  demand(isPositive(account) && isPositive(amount), "malformed-amount");
  demand(freeOf(world, account, asset) >= BigInt(amount), "insufficient-balance");
  entry.supply -= amount;
  move(world, account, asset, -BigInt(amount), 0n);
  world.transfers.push({ transferId, account, asset, amount, toShard });
  world.events.push({ kind: "TransferredOut", transferId, account, asset, amount, toShard });
}

export function transferIn(world: World, command: TransferIn): void {
  const { transferId, account, asset, scale, amount, fromShard } = command;
  demand(isPositive(account) && isPositive(amount), "malformed-amount");
  const known = world.assets.find((each) => each.asset.id === asset);
  const supply = BigInt(known?.supply ?? 0) + BigInt(amount);
  demand(known === undefined || supply <= BigInt(Number.MAX_SAFE_INTEGER), "supply-exceeded");
  demand(isCount(scale) && scale <= 15, "malformed-definition");
  demand(known === undefined || known.asset.scale === scale, "immutable-definition");
  if (known === undefined) {
    world.assets.push({ asset: { id: asset, scale }, supply: 0 });
    world.events.push({ kind: "AssetDefined", asset: { id: asset, scale } });
  }
  assetOf(world, asset).supply += amount;
  move(world, account, asset, BigInt(amount), 0n);
  world.events.push({ kind: "TransferredIn", transferId, account, asset, amount, fromShard });
}

export function settleTransfer(world: World, { transferId }: TransferSettled): void {
  const isThis = (each: { transferId: CommandId }) => each.transferId === transferId;
  if (!world.transfers.some(isThis)) return;
  world.transfers = world.transfers.filter((each) => !isThis(each));
  world.events.push({ kind: "TransferEnded", transferId });
}
