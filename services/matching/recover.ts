import type { Tape } from "#services/replication/tape.ts";
import { commonSeq, isOnTape, segmentAt } from "#services/replication/tape-plan.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import { decodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { Seq } from "#shared/domain/ids.ts";
import { InconsistentStores } from "#shared/ports/inconsistent-stores.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Snapshot, SnapshotStore } from "#shared/ports/snapshot-store.ts";
import type { HeldFold } from "./held-fold.ts";
import type { FoldedEnd } from "./matching.ts";
import { ShardFold } from "./shard-fold.ts";

export interface RecoverySources {
  readonly tape: Tape;
  readonly journal: Journal;
  readonly snapshots: SnapshotStore;
  /** A fold of the same tape that this process kept while another one published. */
  readonly held?: HeldFold | undefined;
}

/** Where states are read from. */
interface ReadSources {
  readonly tape: Tape;
  readonly snapshots: Pick<SnapshotStore, "list">;
}

/** A fold to go on with. */
export interface Recovered {
  readonly fold: ShardFold;
  /** Up to which seq of the tape the journal holds outcomes; the fold may stand before it. */
  readonly tip: Seq;
  /** What was folded and the journal does not hold yet: the outcomes from the tip to where the fold stands. */
  readonly unjournaled: readonly Outcome[];
  /** True where the fold is the one that was kept. */
  readonly isKept: boolean;
  /** The end of a branch that was folded last, if that is known. */
  readonly lastEnd: FoldedEnd | undefined;
  /** Snapshots that were passed over because their bytes did not have their digest. */
  readonly damagedSnapshots: number;
}

/**
 * The newest usable state of a shard on its tape: a fold that was kept, if what the journal lacks of it is held; else the newest snapshot whose bytes have its digest, else the beginning. What journal and snapshots
 * hold of another tape is taken back first. What follows on the tape is still to be folded. Throws `InconsistentStores` if the log or the
 * journal has lost what a snapshot was taken of.
 */
export async function recoverFold(sources: RecoverySources): Promise<Recovered> {
  const { tape, journal, snapshots, held } = sources;
  const { shard, segments } = tape;
  const lastSeq = journal.lastSeq();
  const tip = commonSeq(journal.branches(), segments);
  if (tip === undefined) {
    throw new InconsistentStores(
      `The register of ${shard} no longer tells what follows seq ${lastSeq}: this Region needs the state of another one.`,
    );
  }
  const unjournaled = held === undefined ? undefined : outcomesAfter(tip, tape, held);
  if (held !== undefined && unjournaled !== undefined) {
    if (tip < lastSeq) await goBack(sources, tip);
    return { fold: held.fold, isKept: true, tip, unjournaled, lastEnd: held.lastEnd, damagedSnapshots: 0 };
  }
  for (const snapshot of await snapshots.list(shard)) {
    if (!isOnTape(segments, snapshot)) continue;
    assertLogHolds(tape, snapshot);
    // Going back forgets the snapshots first and shortens the journal then: a snapshot never is beyond a whole journal.
    if (snapshot.seq > lastSeq) {
      throw new InconsistentStores(
        `The journal of ${shard} ends at seq ${lastSeq}, but a snapshot was taken at ${snapshot.seq}: the journal has lost outcomes.`,
      );
    }
  }
  if (tip < lastSeq) await goBack(sources, tip);
  const newest = await newestFold(sources, tip);
  return { ...newest, isKept: false, tip, unjournaled: [], lastEnd: undefined };
}

/** What a fold that was kept has beyond a seq of its tape; `undefined` where it stands elsewhere, or no longer holds all of it. */
function outcomesAfter(tip: Seq, tape: Tape, held: HeldFold): readonly Outcome[] | undefined {
  if (!isOnTape(tape.segments, held.fold.place)) return undefined;
  return held.after(tip)?.map(decodeOutcome);
}

/** Takes back what is beyond a seq: snapshots first, so that none is ever beyond the journal. */
export async function goBack({ tape, journal, snapshots }: RecoverySources, toSeq: Seq): Promise<void> {
  await snapshots.rewind(tape.shard, toSeq);
  await journal.rewind(toSeq);
}

/** The newest state on the tape at or before a seq. */
export async function newestFold(
  sources: ReadSources,
  toSeq: Seq,
): Promise<Pick<Recovered, "fold" | "damagedSnapshots">> {
  const { snapshot, damagedSnapshots } = await newestOnTape(sources, toSeq);
  const fold = snapshot === undefined ? ShardFold.create(sources.tape.shard) : ShardFold.restore(snapshot);
  return { fold, damagedSnapshots };
}

/** The newest undamaged snapshot on the tape at or before a seq. */
export async function newestOnTape(
  { tape, snapshots }: ReadSources,
  toSeq: number,
): Promise<{ readonly snapshot: Snapshot | undefined; readonly damagedSnapshots: number }> {
  let damagedSnapshots = 0;
  for (const snapshot of await snapshots.list(tape.shard)) {
    if (snapshot.seq > toSeq || !isOnTape(tape.segments, snapshot)) continue;
    if (digestOf(snapshot.bytes) === snapshot.digest) return { snapshot, damagedSnapshots };
    damagedSnapshots++;
  }
  return { snapshot: undefined, damagedSnapshots };
}

function assertLogHolds(tape: Tape, { branch, position }: Snapshot): void {
  const segment = segmentAt(tape.segments, branch);
  const last = segment === undefined ? 0 : tape.lastPosition(segment);
  if (position <= last) return;
  throw new InconsistentStores(
    `The log of ${tape.shard} ends at position ${last}, but a snapshot was taken at ${position}: the log has lost commands.`,
  );
}
