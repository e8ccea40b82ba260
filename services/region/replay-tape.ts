import { ShardFold } from "#services/matching/shard-fold.ts";
import type { TapeSources } from "#services/replication/tape.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import type { LineageSpan } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { Snapshot, SnapshotStore } from "#shared/ports/snapshot-store.ts";
import type { ReplayFacts } from "#shared/ports/task-requests.ts";
import { foldTo } from "./fold-to.ts";

export interface ReplayedState {
  readonly lineage: readonly LineageSpan[];
  /** Of the running fold. */
  readonly snapshot: Snapshot;
  /** Those that were taken before it: to begin with where the log has lost its beginning. */
  readonly kept: Pick<SnapshotStore, "list">;
  readonly clock: Clock;
}

/**
 * Folds a shard's log once more up to where a snapshot was taken, and compares: whether what the Region shows is what its log says. It begins at the log's beginning, and where the log no longer reaches
 * back so far (Kinesis keeps days), at the oldest snapshot that is kept. Other work goes on meanwhile. `undefined` where the snapshot is damaged or of no reign in the lineage, or where the log reaches back to neither.
 */
export async function replayTape(
  sources: TapeSources,
  { lineage, snapshot, kept: store, clock }: ReplayedState,
): Promise<ReplayFacts | undefined> {
  const { shard, branch, seq, bytes, digest } = snapshot;
  const at = lineage.findIndex((span) => span.branch === branch);
  if (at < 0 || digestOf(bytes) !== digest) return undefined;
  const breathe = () => new Promise<void>((resolve) => clock.schedule(0, resolve));
  const foldFrom = (begin: readonly Snapshot[]) =>
    foldTo(sources, storeOf(begin), lineage.slice(0, at + 1), seq, breathe);
  const older = (await store.list(shard)).filter((one) => one.seq < seq).slice(-1);
  for (const begin of [[], older]) {
    const fold = await foldFrom(begin).catch(undefinedIfLost);
    if (fold === undefined) continue;
    const kept = ShardFold.restore(snapshot).engine.digest();
    const replayed = fold.engine.digest();
    return { branch, from: begin[0]?.seq ?? 0, seq, kept, replayed, agrees: kept === replayed };
  }
  return undefined;
}

/** A log that does not hold what is read of it says so by an operating error. */
function undefinedIfLost(error: unknown): undefined {
  if (!(error instanceof OperatingError)) throw error;
  return undefined;
}

/** No snapshot but these is taken on trust. */
function storeOf(snapshots: readonly Snapshot[]): SnapshotStore {
  return {
    save: async () => {},
    list: async () => snapshots,
    rewind: async () => {},
    close: async () => {},
  };
}
