import type { ForkSpan } from "#shared/domain/lineage.ts";
import type { Journal } from "#shared/ports/journal.ts";
import { isInHistory } from "#shared/read-model/history.ts";

/**
 * Whether a Region may go on in a fork that its log shows open. Where its first record was not known to be there the Region went on along the lineage, and called final what the fork does not have. Then the
 * journal stands on the lineage behind the fork's place: a fork that was gone into takes the journal back to there before anything of it is told.
 */
export function mayHaveGoneInto(
  journal: Pick<Journal, "lastSeq" | "branches">,
  { branch, parentSeq }: ForkSpan,
): boolean {
  return journal.lastSeq() <= parentSeq || isInHistory(journal.branches(), { branch, seq: parentSeq + 1 });
}
