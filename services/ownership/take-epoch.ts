import type { BranchId, RegionId, ShardId } from "#shared/domain/ids.ts";
import type { LineageSpan, OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { currentSpan, epochOf, withSpan } from "./lineage.ts";
import type { Register } from "./register.ts";
import type { Cut, TakeoverSteps } from "./takeover-steps.ts";

export interface EpochTaking {
  readonly shard: ShardId;
  readonly self: RegionId;
  readonly register: Register;
  readonly steps: Pick<TakeoverSteps, "mintBranch" | "startBranch">;
  readonly clock: Clock;
  readonly leaseMs: number;
  /** How many reigns the register's record keeps ({@link withSpan}). */
  readonly maxSpans?: number | undefined;
}

export interface TakenEpoch {
  readonly record: OwnershipRecord;
  /** Monotonic ms from before the register was asked: from here the lease counts. */
  readonly takenAt: number;
}

/** What must still be so at the moment of taking. */
export type TakingCondition = "same-epoch" | "same-renewal";

/**
 * Ends the last epoch of `before` at a cut and begins the next in the own log. *BranchStarted* is appended first and the span is set to begin right at it: so no
 * other record can come between, and whoever has the epoch has begun it. One that the register then does not take lies in no span and means nothing. `undefined`:
 * another was quicker, the lease was renewed in between (`same-renewal`), or it is not known; then the record will show it.
 */
export async function takeEpoch(
  { shard, self, register, steps, clock, leaseMs, maxSpans }: EpochTaking,
  before: OwnershipRecord | undefined,
  cut: Cut,
  condition: TakingCondition,
): Promise<TakenEpoch | undefined> {
  const epoch = epochOf(before) + 1;
  const branch = steps.mintBranch();
  const position = await steps.startBranch({ branch, parent: cut.branch, parentSeq: cut.seq, epoch });
  if (position === undefined) return undefined;
  const span: LineageSpan = {
    epoch,
    branch,
    owner: self,
    parentSeq: cut.seq,
    start: position - 1,
    cutDigest: cut.digest,
  };
  const takenAt = clock.monotonic();
  const result = await register.change((record) => {
    if (epochOf(record) !== epoch - 1) return undefined;
    if (condition === "same-renewal" && record?.renewal !== before?.renewal) return undefined;
    if (record === undefined) return { shard, lineage: [span], leaseMs, renewal: 1 };
    return withSpan(record, span, leaseMs, maxSpans);
  });
  const answer = result.ok || result.error !== "ambiguous" ? result : await register.read();
  if (!answer.ok || answer.record === undefined || !hasBranch(answer.record, branch)) return undefined;
  return { record: answer.record, takenAt };
}

function hasBranch(record: OwnershipRecord, branch: BranchId): boolean {
  return currentSpan(record).branch === branch;
}
