import type { BranchId, RegionId, Seq } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { ROOT_BRANCH, type TapePlace, type TapePlan } from "#shared/domain/lineage.ts";

/** A stretch of a tape: seqs of one branch, which stand in the log of one Region. Stretches without any seq are left out. */
export interface TapeSegment {
  readonly branch: BranchId;
  /** In whose own log the records are. */
  readonly origin: RegionId;
  /** Its seqs: after this one… */
  readonly parentSeq: number;
  /** …up to this one; infinite for the last segment. */
  readonly end: number;
  /** The position in the origin's log after which the branch's records stand. */
  readonly start: number;
  readonly epoch: number;
  readonly isFork: boolean;
}

/** Part of a history: the branch stood there up to `lastSeq`. */
export interface BranchStretch {
  readonly branch: BranchId;
  readonly lastSeq: number;
}

/** The place of a fold that has folded nothing. */
export const ROOT_PLACE: TapePlace = { branch: ROOT_BRANCH, seq: 0 as Seq, position: 0 };

/**
 * The segments of a plan, in order. A fork takes the place of what follows its parent's seq; one that hangs nowhere on the lineage (its parent was
 * cut below it) is no part of the tape.
 */
export function segmentsOf(plan: TapePlan, self: RegionId): readonly TapeSegment[] {
  const segments: TapeSegment[] = [];
  const { lineage, fork } = plan;
  for (const [at, { branch, owner, parentSeq, start, epoch }] of lineage.entries()) {
    const end = lineage[at + 1]?.parentSeq ?? Number.POSITIVE_INFINITY;
    assert(end >= parentSeq, `epoch ${epoch + 1} of ${plan.shard} cuts behind the cut before it`);
    const span = { branch, origin: owner, parentSeq, start, epoch, isFork: false };
    if (fork?.parent === branch && fork.parentSeq >= parentSeq && fork.parentSeq <= end) {
      if (fork.parentSeq > parentSeq) segments.push({ ...span, end: fork.parentSeq });
      segments.push({
        branch: fork.branch,
        origin: self,
        parentSeq: fork.parentSeq,
        end: Number.POSITIVE_INFINITY,
        start: fork.start,
        epoch,
        isFork: true,
      });
      break;
    }
    if (end > parentSeq) segments.push({ ...span, end });
  }
  return segments;
}

/** The segment of a branch, if the tape has one. */
export function segmentAt(segments: readonly TapeSegment[], branch: BranchId): TapeSegment | undefined {
  return segments.find((segment) => segment.branch === branch);
}

/** True if a fold that stands at this branch and seq is on the tape. */
export function isOnTape(
  segments: readonly TapeSegment[],
  { branch, seq }: Pick<TapePlace, "branch" | "seq">,
): boolean {
  if (seq === 0) return (segments[0]?.parentSeq ?? 0) === 0;
  const segment = segmentAt(segments, branch);
  return segment !== undefined && seq > segment.parentSeq && seq <= segment.end;
}

/** Where the next record of a fold is. */
export interface NextRecords {
  readonly segment: TapeSegment;
  /** The position after which it stands, in the log of the segment's origin. */
  readonly after: number;
}

/** Where the record after a place stands; `undefined` if the tape has no segments yet. The place must be on the tape. */
export function nextOnTape(segments: readonly TapeSegment[], place: TapePlace): NextRecords | undefined {
  assert(isOnTape(segments, place), `seq ${place.seq} of branch ${place.branch} is on the tape`);
  const at = place.seq === 0 ? -1 : segments.findIndex(({ branch }) => branch === place.branch);
  const current = segments[at];
  if (current !== undefined && place.seq < current.end) return { segment: current, after: place.position };
  const next = segments[at + 1];
  return next === undefined ? undefined : { segment: next, after: next.start };
}

/** The history of a tape up to a seq. */
export function historyOf(segments: readonly TapeSegment[], seq: number): readonly BranchStretch[] {
  return segments
    .filter(({ parentSeq }) => parentSeq < seq)
    .map(({ branch, end }) => ({ branch, lastSeq: Math.min(end, seq) }));
}

/**
 * The highest seq up to which a history and a tape are the same: a branch that both have stands for all that is before it. `undefined` if the tape's
 * lineage begins too late to tell.
 */
export function commonSeq(
  history: readonly BranchStretch[],
  segments: readonly TapeSegment[],
): Seq | undefined {
  for (const { branch, lastSeq } of history.toReversed()) {
    const segment = segmentAt(segments, branch);
    if (segment !== undefined) return Math.min(lastSeq, segment.end) as Seq;
  }
  return (segments[0]?.parentSeq ?? 0) === 0 ? (0 as Seq) : undefined;
}
