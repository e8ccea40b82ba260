import type { BranchId, Seq } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { BranchRun } from "#shared/ports/journal.ts";

/**
 * A stretch of a tape under one branch. Its batches stand under its number and never change; the tape is the list of its runs. So going back is a change of
 * the list alone, and what was taken back stays where it is.
 */
export interface TapeRun {
  readonly run: number;
  readonly branch: BranchId;
  readonly firstSeq: number;
  /** Nothing beyond counts; `undefined` while it grows. */
  readonly lastSeq?: number;
}

/** The list of a tape's runs, as one item has it. */
export interface TapeHead {
  readonly version: number;
  /** The number of the next run. */
  readonly nextRun: number;
  readonly runs: readonly TapeRun[];
}

/** What was taken back of a run. */
export interface SupersededRun {
  readonly run: number;
  readonly branch: BranchId;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

export const BLANK_HEAD: TapeHead = { version: 0, nextRun: 1, runs: [] };

/** One more for each change of the owner, and a few for each way back: so many are years, and still fit into an item. */
const RUNS_MAX = 3000;

/** Where a run ends on a tape whose last seq is `last`. */
export function endOf({ lastSeq }: TapeRun, last: number): number {
  return lastSeq === undefined ? last : lastSeq;
}

/** The head of a tape that goes on at `firstSeq` under a branch; the same head if its last run grows under it. */
export function withRunFor(head: TapeHead, last: number, branch: BranchId, firstSeq: number): TapeHead {
  const current = head.runs.at(-1);
  const isGrowing = current?.branch === branch && current.lastSeq === undefined;
  if (isGrowing && (last >= current.firstSeq || current.firstSeq === firstSeq)) return head;
  const closed = head.runs
    .map((run) => ({ ...run, lastSeq: endOf(run, last) }))
    .filter((run) => run.lastSeq >= run.firstSeq);
  assert(closed.length < RUNS_MAX, `a tape has at most ${RUNS_MAX} runs`);
  return {
    version: head.version + 1,
    nextRun: head.nextRun + 1,
    runs: [...closed, { run: head.nextRun, branch, firstSeq }],
  };
}

/** The head of a tape that went back to `toSeq`, and what that took back. */
export function withRewind(
  head: TapeHead,
  last: number,
  toSeq: number,
): { readonly head: TapeHead; readonly superseded: readonly SupersededRun[] } {
  const whole = head.runs.map((run) => ({ ...run, lastSeq: endOf(run, last) }));
  return {
    head: {
      ...head,
      version: head.version + 1,
      runs: whole
        .map((run) => ({ ...run, lastSeq: Math.min(run.lastSeq, toSeq) }))
        .filter((run) => run.lastSeq >= run.firstSeq),
    },
    superseded: whole
      .map((run) => ({ ...run, firstSeq: Math.max(run.firstSeq, toSeq + 1) }))
      .filter((run) => run.lastSeq >= run.firstSeq),
  };
}

/** The last seq up to which two states of a tape are one. */
export function commonSeqOf(
  before: { readonly head: TapeHead; readonly last: number },
  now: { readonly head: TapeHead; readonly last: number },
): number {
  let common = 0;
  for (const [at, run] of before.head.runs.entries()) {
    const other = now.head.runs[at];
    if (other?.run !== run.run) break;
    const [end, otherEnd] = [endOf(run, before.last), endOf(other, now.last)];
    common = Math.min(end, otherEnd);
    if (otherEnd < end) break;
  }
  return common;
}

/** Which branch each seq belongs to: neighbours of one branch are one. */
export function branchesOf(head: TapeHead, last: number): BranchRun[] {
  const runs: BranchRun[] = [];
  for (const run of head.runs) {
    const [firstSeq, lastSeq] = [run.firstSeq as Seq, endOf(run, last) as Seq];
    if (lastSeq < firstSeq) continue;
    const before = runs.at(-1);
    if (before?.branch === run.branch)
      runs.splice(-1, 1, { branch: run.branch, firstSeq: before.firstSeq, lastSeq });
    else runs.push({ branch: run.branch, firstSeq, lastSeq });
  }
  return runs;
}
