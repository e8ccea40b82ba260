import { ShardFold } from "#services/matching/shard-fold.ts";
import type { TapeSources } from "#services/replication/tape.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import type { BranchId, Seq } from "#shared/domain/ids.ts";
import type { LineageSpan } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Snapshot, SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { foldTo } from "./fold-to.ts";

export interface Replay {
  readonly branch: BranchId;
  readonly seq: Seq;
  /** Of the state that the running fold had there, and of the one that the log gives from its beginning. */
  readonly kept: string;
  readonly replayed: string;
  readonly agrees: boolean;
}

/**
 * Folds a shard's log once more from its beginning up to where a snapshot was taken, and compares: whether what the Region shows is what its log says. Other work goes on meanwhile. `undefined` where the snapshot is damaged or of
 * no reign in the lineage, or where the log no longer reaches back to the beginning.
 */
export async function replayTape(
  sources: TapeSources,
  lineage: readonly LineageSpan[],
  snapshot: Snapshot,
  clock: Clock,
): Promise<Replay | undefined> {
  const { branch, seq, bytes, digest } = snapshot;
  const at = lineage.findIndex((span) => span.branch === branch);
  if (at < 0 || digestOf(bytes) !== digest) return undefined;
  const breathe = () => new Promise<void>((resolve) => clock.schedule(0, resolve));
  const fold = await foldTo(sources, FROM_THE_BEGINNING, lineage.slice(0, at + 1), seq, breathe);
  if (fold === undefined) return undefined;
  const kept = ShardFold.restore(snapshot).engine.digest();
  const replayed = fold.engine.digest();
  return { branch, seq, kept, replayed, agrees: kept === replayed };
}

/** No snapshot is taken on trust. */
const FROM_THE_BEGINNING: SnapshotStore = {
  save: async () => {},
  list: async () => [],
  rewind: async () => {},
  close: async () => {},
};
