import type { Tape } from "#services/replication/tape.ts";
import { isOnTape, nextOnTape } from "#services/replication/tape-plan.ts";
import type { TapePlace } from "#shared/domain/lineage.ts";

/** True if no log holds a record behind a place of the tape. */
export function isAtEnd(tape: Pick<Tape, "segments" | "lastPosition">, place: TapePlace): boolean {
  if (!isOnTape(tape.segments, place)) return false;
  const next = nextOnTape(tape.segments, place);
  return next === undefined || tape.lastPosition(next.segment) <= next.after;
}
