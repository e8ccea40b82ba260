import type { Tape } from "#services/replication/tape.ts";
import { nextOnTape, type TapeSegment } from "#services/replication/tape-plan.ts";
import type { Seq } from "#shared/domain/ids.ts";
import type { TapePlace } from "#shared/domain/lineage.ts";

const BATCH = 1000;

/** Where a seq of a tape stands, counted on from a place before it: each record takes one seq. Stops where the logs hold no more. `onRecord` is told where each on the way stands. */
export async function placeAt(
  tape: Tape,
  segments: readonly TapeSegment[],
  from: TapePlace,
  seq: Seq,
  onRecord: (seq: number, position: number) => void = () => {},
): Promise<TapePlace> {
  let place = from;
  while (place.seq < seq) {
    const next = nextOnTape(segments, place);
    if (next === undefined) return place;
    const { segment, after } = next;
    const wanted = Math.min(BATCH, seq - place.seq, segment.end - place.seq);
    const records = await tape.read(segment, after, wanted);
    const last = records.at(-1);
    if (last === undefined) return place;
    for (const [at, { position }] of records.entries()) onRecord(place.seq + 1 + at, position);
    place = {
      branch: segment.branch,
      seq: (place.seq + records.length) as Seq,
      position: last.position,
    };
  }
  return place;
}
