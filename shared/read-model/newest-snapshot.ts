import { digestOf } from "#shared/domain/encoding/digest.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { BranchRun } from "#shared/ports/journal.ts";
import type { Snapshot, SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { isInHistory } from "./history.ts";

/** The newest undamaged snapshot of a history that is not beyond a seq. */
export async function newestSnapshotUpTo(
  seq: number,
  shard: ShardId,
  snapshots: SnapshotStore,
  history: readonly BranchRun[],
): Promise<Snapshot | undefined> {
  for (const snapshot of await snapshots.list(shard)) {
    if (snapshot.seq > seq || !isInHistory(history, snapshot)) continue;
    if (digestOf(snapshot.bytes) === snapshot.digest) return snapshot;
  }
  return undefined;
}
