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
  /** Looks again at journal and logs, where another task may have written them since they were opened. */
  readonly refresh?: (() => Promise<void>) | undefined;
  /** The snapshots, where they were listed already. */
  readonly listed?: readonly Snapshot[] | undefined;
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
 * hold of another tape is taken back first. What follows on the tape is still to be folded. A task that lost its lease and does not know it yet may still write: what it adds to journal and logs while this one starts is looked for
 * before anything is missed. Throws `InconsistentStores` if the log or the journal has lost what a snapshot was taken of.
 */
export async function recoverFold(sources: RecoverySources): Promise<Recovered> {
  const { tape, journal, held } = sources;
  const tip = tipOf(tape, journal);
  const unjournaled = held === undefined ? undefined : outcomesAfter(tip, tape, held);
  if (held !== undefined && unjournaled !== undefined) {
    if (tip < journal.lastSeq()) await goBack(sources, tip);
    return { fold: held.fold, isKept: true, tip, unjournaled, lastEnd: held.lastEnd, damagedSnapshots: 0 };
  }
  return recoverFromSnapshot(sources);
}

async function recoverFromSnapshot(sources: RecoverySources): Promise<Recovered> {
  const { tape, journal, snapshots, refresh, listed } = sources;
  // Listed before journal and log are looked at again: whoever saved one of these had written there what it was taken of.
  const all = listed ?? (await snapshots.list(tape.shard));
  const kept = all.filter((snapshot) => isOnTape(tape.segments, snapshot));
  if (kept.some((snapshot) => missingOf(snapshot, tape, journal) !== undefined)) await refresh?.();
  for (const snapshot of kept) {
    const missing = missingOf(snapshot, tape, journal);
    if (missing !== undefined) throw new InconsistentStores(missing);
  }
  const tip = tipOf(tape, journal);
  if (tip < journal.lastSeq()) await goBack(sources, tip);
  const { snapshot, damagedSnapshots } = newestOf(kept, tape, tip);
  const fold = foldOf(tape, snapshot);
  return { fold, damagedSnapshots, isKept: false, tip, unjournaled: [], lastEnd: undefined };
}

/** Up to which seq the journal is the tape's. */
function tipOf({ shard, segments }: Tape, journal: Journal): Seq {
  const tip = commonSeq(journal.branches(), segments);
  if (tip !== undefined) return tip;
  throw new InconsistentStores(
    `The register of ${shard} no longer tells what follows seq ${journal.lastSeq()}: this Region needs the state of another one.`,
  );
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
  return { fold: foldOf(sources.tape, snapshot), damagedSnapshots };
}

/** The newest undamaged snapshot on the tape at or before a seq. */
export async function newestOnTape({ tape, snapshots }: ReadSources, toSeq: number): Promise<Newest> {
  return newestOf(await snapshots.list(tape.shard), tape, toSeq);
}

interface Newest {
  readonly snapshot: Snapshot | undefined;
  readonly damagedSnapshots: number;
}

/** The newest undamaged one on the tape at or before a seq. */
export function newestOf(newestFirst: readonly Snapshot[], tape: Tape, toSeq: number): Newest {
  let damagedSnapshots = 0;
  for (const snapshot of newestFirst) {
    if (snapshot.seq > toSeq || !isOnTape(tape.segments, snapshot)) continue;
    if (digestOf(snapshot.bytes) === snapshot.digest) return { snapshot, damagedSnapshots };
    damagedSnapshots++;
  }
  return { snapshot: undefined, damagedSnapshots };
}

/** From a snapshot, or from the beginning. */
export function foldOf({ shard }: Tape, snapshot: Snapshot | undefined): ShardFold {
  return snapshot === undefined ? ShardFold.create(shard) : ShardFold.restore(snapshot);
}

/** What journal or log no longer have of what a snapshot was taken of; `undefined` where they have it all. */
function missingOf({ branch, position, seq }: Snapshot, tape: Tape, journal: Journal): string | undefined {
  const segment = segmentAt(tape.segments, branch);
  const last = segment === undefined ? 0 : tape.lastPosition(segment);
  if (position > last)
    return `The log of ${tape.shard} ends at position ${last}, but a snapshot was taken at ${position}: the log has lost commands.`;
  // Going back forgets the snapshots first and shortens the journal then: a snapshot never is beyond a whole journal.
  if (seq > journal.lastSeq())
    return `The journal of ${tape.shard} ends at seq ${journal.lastSeq()}, but a snapshot was taken at ${seq}: the journal has lost outcomes.`;
  return undefined;
}
