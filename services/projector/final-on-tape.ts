import type { BranchId } from "#shared/domain/ids.ts";
import type { BranchRun } from "#shared/ports/journal.ts";

/**
 * How much of a journal is final. A plan that has changed is known before the journal has gone back to it: what stands in the journal and not on the plan is not
 * final, however far the plan's own watermark is.
 */
export function finalOnTape(
  history: readonly BranchRun[],
  segments: readonly { readonly branch: BranchId; readonly end: number }[],
  finalSeq: number,
): number {
  let common = 0;
  for (const { branch, lastSeq } of history) {
    const segment = segments.find((each) => each.branch === branch);
    if (segment === undefined) break;
    common = Math.min(lastSeq, segment.end);
    if (segment.end < lastSeq) break;
  }
  return Math.min(common, finalSeq);
}
