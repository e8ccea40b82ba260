import { newestFold } from "#services/matching/recover.ts";
import type { ShardFold } from "#services/matching/shard-fold.ts";
import type { Cut } from "#services/ownership/takeover-steps.ts";
import { Tape, type TapeSources } from "#services/replication/tape.ts";
import { nextOnTape } from "#services/replication/tape-plan.ts";
import type { Seq } from "#shared/domain/ids.ts";
import type { LineageSpan } from "#shared/domain/lineage.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";

const BATCH = 1000;

/**
 * A fold of its own that stands exactly at a seq of a lineage whose last span is taken as its owner saw it: also beyond its cut, as far as the logs and copies here go. `undefined` where they do not
 * reach that far. Between batches it waits for `breathe`: whoever folds much leaves turns to everybody else.
 */
export async function foldTo(
  sources: TapeSources,
  snapshots: SnapshotStore,
  lineage: readonly LineageSpan[],
  seq: Seq,
  breathe: () => Promise<void> = async () => {},
): Promise<ShardFold | undefined> {
  const plan = { shard: sources.shard, lineage, fork: undefined };
  const tape = new Tape(sources, plan);
  const { fold } = await newestFold({ tape, snapshots }, seq);
  while (fold.place.seq < seq) {
    const next = nextOnTape(tape.segments, fold.place);
    if (next === undefined) return undefined;
    const { segment, after } = next;
    const room = Math.min(seq, segment.end) - fold.place.seq;
    const records = await tape.read(segment, after, Math.min(BATCH, room));
    if (records.length === 0) return undefined;
    for (const { position, bytes } of records)
      fold.take({ branch: segment.branch, seq: (fold.place.seq + 1) as Seq, position, bytes });
    await breathe();
  }
  return fold;
}

/** The seq of the last record of a reign that stands at or before a position: each takes one. */
async function seqAt(sources: TapeSources, span: LineageSpan, position: number): Promise<Seq> {
  const tape = new Tape(sources, { shard: sources.shard, lineage: [span], fork: undefined });
  const [segment] = tape.segments;
  let seq: number = span.parentSeq;
  if (segment === undefined) return seq as Seq;
  for (let after = span.start; after < position; ) {
    const records = await tape.read(segment, after, BATCH);
    const last = records.at(-1);
    if (last === undefined) break;
    seq += records.filter((record) => record.position <= position).length;
    after = last.position;
  }
  return seq as Seq;
}

/** How the lineage stands at a position of its last span's log; `undefined` where what is held here does not tell. */
export async function cutAt(
  sources: TapeSources,
  snapshots: SnapshotStore,
  lineage: readonly LineageSpan[],
  position: number,
): Promise<Cut | undefined> {
  const span = lineage.at(-1);
  if (span === undefined) return undefined;
  const seq = await seqAt(sources, span, position);
  const fold = await foldTo(sources, snapshots, lineage, seq);
  return fold === undefined ? undefined : { branch: fold.place.branch, seq, digest: fold.engine.digest() };
}
