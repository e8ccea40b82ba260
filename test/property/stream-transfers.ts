import type { TransferIn, TransferOut, TransferSettled } from "#shared/domain/command.ts";
import type { AccountId, AssetId, CommandId, ShardId } from "#shared/domain/ids.ts";
import type { Draw } from "./draw.ts";
import { ACCOUNTS, ASSETS } from "./stream-setting.ts";

const OTHER_SHARD = "shard-2" as ShardId;

export function someTransferOut(draw: Draw): TransferOut {
  const asset = draw.perMille(40) ? ("XXX" as AssetId) : draw.pick(ASSETS).id;
  return { kind: "TransferOut", ...someMoney(draw), asset, toShard: OTHER_SHARD };
}

/** Of an asset that is known, or seldom of one that is not, or of another scale. */
export function someTransferIn(draw: Draw): TransferIn {
  const known = draw.pick([
    ...ASSETS,
    { id: "NEW" as AssetId, scale: 0 },
    { id: "SENT" as AssetId, scale: 2 },
  ]);
  const scale = draw.perMille(60) ? draw.pick([1, 16]) : known.scale;
  const transferId = draw
    .below(2 ** 31)
    .toString(16)
    .padStart(32, "e") as CommandId;
  return {
    kind: "TransferIn",
    transferId,
    ...someMoney(draw),
    asset: known.id,
    scale,
    fromShard: OTHER_SHARD,
  };
}

/** Of one that was sent in this stream, mostly: `sent` are the ids of its transfers. */
export function someSettlement(draw: Draw, sent: readonly CommandId[]): TransferSettled {
  const isUnknown = sent.length === 0 || draw.perMille(150);
  const transferId = isUnknown ? ("d".repeat(32) as CommandId) : draw.pick(sent.slice(-6));
  return { kind: "TransferSettled", transferId };
}

function someMoney(draw: Draw): { account: AccountId; amount: number } {
  const account = draw.perMille(30) ? (0 as AccountId) : draw.pick(ACCOUNTS);
  const amount = draw.perMille(60) ? draw.pick([0, Number.MAX_SAFE_INTEGER]) : draw.between(1, 3000);
  return { account, amount };
}
