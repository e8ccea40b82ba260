import { ROOT_PLACE, type TapeSegment } from "#services/replication/tape-plan.ts";
import { decodeState } from "#shared/domain/encoding/state-encoding.ts";
import { genesisState } from "#shared/domain/genesis-state.ts";
import type { Seq } from "#shared/domain/ids.ts";
import { newestOnTape, type RecoverySources } from "../recover.ts";
import { BranchFacts } from "./branch-facts.ts";
import { placeAt } from "./place-at.ts";

const BATCH = 1000;

export interface RecalledFacts {
  readonly facts: BranchFacts;
  /** Of the record at the seq, in the log of its branch. */
  readonly position: number;
}

/** What was known at a seq of the journal that stands on the given segments, from the newest snapshot before it. */
export async function recallFacts(
  sources: RecoverySources,
  segments: readonly TapeSegment[],
  toSeq: Seq,
): Promise<RecalledFacts> {
  const { tape, journal } = sources;
  const { snapshot } = await newestOnTape(sources, toSeq);
  const place = snapshot ?? ROOT_PLACE;
  const facts = new BranchFacts(
    snapshot === undefined ? genesisState(tape.shard) : decodeState(snapshot.bytes),
  );
  for (let seq: number = place.seq; seq < toSeq; ) {
    const outcomes = await journal.read(seq, Math.min(BATCH, toSeq - seq));
    const last = outcomes.at(-1);
    if (last === undefined) break;
    for (const outcome of outcomes) facts.take(outcome);
    seq = last.seq;
  }
  return { facts, position: (await placeAt(tape, segments, place, toSeq)).position };
}
