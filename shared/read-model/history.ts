import type { BranchId } from "#shared/domain/ids.ts";
import type { BranchRun } from "#shared/ports/journal.ts";

/** True for a place on a history; the beginning (seq 0) is on every one. */
export function isInHistory(
  history: readonly BranchRun[],
  { branch, seq }: { readonly branch: BranchId; readonly seq: number },
): boolean {
  if (seq === 0) return true;
  return history.some((run) => run.branch === branch && run.firstSeq <= seq && seq <= run.lastSeq);
}
