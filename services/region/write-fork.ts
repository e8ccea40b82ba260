import { ownRecord } from "#services/matching/own-record.ts";
import type { BranchId, RegionId } from "#shared/domain/ids.ts";
import type { ForkSpan, OwnershipRecord, TapePlace } from "#shared/domain/lineage.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { Random } from "#shared/ports/random.ts";
import { appendBranchStart } from "./branch-start.ts";

export interface ForkWriting {
  readonly self: RegionId;
  /** Where the fold stands. */
  readonly place: TapePlace;
  readonly record: OwnershipRecord | undefined;
  readonly log: CommandLog;
  readonly mintBranch: () => BranchId;
  readonly random: Random;
}

/** Writes the first record of a fork that goes on from where the fold stands, to the Region's own log. `undefined` if it is not known to be there. */
export async function writeFork(writing: ForkWriting): Promise<ForkSpan | undefined> {
  const { self, place, record, log, mintBranch, random } = writing;
  const { branch: parent, seq: parentSeq } = place;
  const branch = mintBranch();
  const span = record?.lineage.find((one) => one.branch === parent);
  // The fork's first record stands in the log of this Region's own reign too, and must not stand just where it would continue that: the reign may go on. What goes before it names the fork, so it is
  // nothing to the reign: who is cut off does nothing there.
  const passedBy = ownRecord(random, branch, { kind: "Tick", time: 0 });
  if (span?.owner === self && !(await log.append(passedBy)).ok) return undefined;
  const begins = { branch, parent, parentSeq, epoch: span?.epoch ?? 0, provisional: true };
  const position = await appendBranchStart(log, random, begins);
  return position === undefined ? undefined : { branch, parent, parentSeq, start: position - 1 };
}
