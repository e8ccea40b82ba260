import type { Matching } from "#services/matching/matching.ts";
import type { BranchId, RegionId } from "#shared/domain/ids.ts";
import type { ForkSpan, OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { Random } from "#shared/ports/random.ts";
import { appendBranchStart } from "./branch-start.ts";

export interface ForkWriting {
  readonly self: RegionId;
  readonly matching: Matching;
  readonly record: OwnershipRecord | undefined;
  readonly log: CommandLog;
  readonly mintBranch: () => BranchId;
  readonly random: Random;
  readonly clock: Clock;
}

/** Writes the first record of a fork that goes on from where the fold stands, to the Region's own log. `undefined` if it is not known to be there. */
export async function writeFork(writing: ForkWriting): Promise<ForkSpan | undefined> {
  const { self, matching, record, log, mintBranch, random, clock } = writing;
  const { branch: parent, seq: parentSeq } = matching.place;
  const branch = mintBranch();
  const span = record?.lineage.find((one) => one.branch === parent);
  // The fork's first record stands in the log of this Region's own reign too, and must not stand just where it would continue that: the reign may go on.
  if (span?.owner === self && !(await matching.append({ kind: "Tick", time: clock.now() }))) return undefined;
  const begins = { branch, parent, parentSeq, epoch: span?.epoch ?? 0, provisional: true };
  const position = await appendBranchStart(log, random, begins);
  return position === undefined ? undefined : { branch, parent, parentSeq, start: position - 1 };
}
