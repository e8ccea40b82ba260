import type { ShardId } from "#shared/domain/ids.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Projections } from "#shared/ports/projections.ts";
import { isInHistory } from "./history.ts";

/** A shard's tables, and the journal that they are written from. */
export interface JournaledTables {
  readonly journal: Pick<Journal, "branches">;
  readonly projections: Pick<Projections, "stand">;
}

/**
 * The last seq of a journal's tape that tables hold. 0 while they stand on what the journal has taken back: until they have gone back too they tell of another tape, however high its seq is.
 */
export function heldThrough(shard: ShardId, { journal, projections }: JournaledTables): number {
  const stand = projections.stand(shard);
  return isInHistory(journal.branches(), stand) ? stand.seq : 0;
}
