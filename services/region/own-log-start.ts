import { segmentAt, segmentsOf } from "#services/replication/tape-plan.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
import { isInHistory } from "#shared/read-model/history.ts";

export interface OwnLogPast {
  readonly shard: ShardId;
  readonly self: RegionId;
  readonly record: OwnershipRecord | undefined;
  readonly journal: Pick<Journal, "branches">;
  /** What is kept of the shard. */
  readonly snapshots: readonly Pick<Snapshot, "branch" | "seq" | "position">[];
  /** Up to where the Region's own log is settled. */
  readonly bookmark: number;
}

/**
 * Behind which position of its own log a Region that starts looks for the fork that it may be in: no longer from the beginning of its reign, which grows, but from the newest snapshot of a reign of its own that is on
 * the lineage and in the journal. For a fork that begins before that record hangs either before its seq, and then the journal stands on the lineage where the fork would begin, so nobody is in it
 * (`mayHaveGoneInto`); or at or behind its seq, and then the fold had come past the record before the fork was written.
 */
export function ownLogStart({ shard, self, record, journal, snapshots, bookmark }: OwnLogPast): number {
  const segments = segmentsOf({ shard, lineage: record?.lineage ?? [], fork: undefined }, self);
  const history = journal.branches();
  let start = bookmark;
  for (const { branch, seq, position } of snapshots) {
    const segment = segmentAt(segments, branch);
    const isOwn = segment !== undefined && segment.origin === self;
    if (!isOwn || seq <= segment.parentSeq || seq > segment.end) continue;
    if (isInHistory(history, { branch, seq })) start = Math.max(start, position);
  }
  return start;
}
