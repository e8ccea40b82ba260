import { type MoverShard, TransferMover } from "#services/funding/mover.ts";
import { onTransfer } from "#services/funding/on-transfer.ts";
import type { RegionIntake } from "#services/gateway/intake/region-intake.ts";
import type { ShardNode } from "#services/region/shard-node.ts";
import type { Asset } from "#shared/domain/asset.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";
import type { FoldTransfers } from "./fold-transfers.ts";

export interface MovedShard {
  readonly node: ShardNode;
  readonly transfers: FoldTransfers;
}

/** The mover of production over a Region's folds; the simulator has no views, so what they would say of transfers is followed from the feeds. */
export function startMover(
  shards: readonly MovedShard[],
  intake: RegionIntake,
  assets: readonly Asset[],
  clock: Clock,
): void {
  new TransferMover({ shards: shards.map((shard) => moverShard(shard, intake, assets)), clock });
}

function moverShard(
  { node, transfers }: MovedShard,
  intake: RegionIntake,
  assets: readonly Asset[],
): MoverShard {
  const updates = {
    onUpdate: (
      listener: (update: { outcome: Parameters<Parameters<OutcomeFeed["subscribe"]>[0]>[0] }) => void,
    ) => transfers.onOutcome((outcome) => listener({ outcome })),
    onRewind: (listener: () => void) => transfers.onRebuilt(listener),
  };
  return {
    shard: node.shard,
    isOwned: () => node.route.state().kind === "own" && !node.isProvisional,
    transfersInFlight: () => transfers.inFlight() ?? [],
    creditedAt: (transferId) => transfers.creditedAt(transferId),
    asset: (id) => assets.find((asset) => asset.id === id),
    finalSeq: () => node.watermark.finalSeq,
    append: (commandId, command) => intake.append(node.shard, commandId, command),
    onTransfer: (listener) => onTransfer(updates, listener),
    onFinal: (listener) => node.watermark.onAdvance(listener),
  };
}
