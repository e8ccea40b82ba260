import type { ShardId } from "#shared/domain/ids.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Projections } from "#shared/ports/projections.ts";

/** A shard's tables, and the journal that they are written from. */
export interface JournaledTables {
  readonly journal: Pick<Journal, "branches">;
  readonly projections: Pick<Projections, "stand">;
}

/**
 * The last seq of a journal's tape that tables hold, however high they stand: what the journal has taken back, or has not heard of yet, does not count. 0 while they stand on a branch that is not on it.
 */
export function heldThrough(shard: ShardId, { journal, projections }: JournaledTables): number {
  const { branch, seq } = projections.stand(shard);
  const run = journal.branches().findLast((each) => each.branch === branch && each.firstSeq <= seq);
  return run === undefined ? 0 : Math.min(seq, run.lastSeq);
}
