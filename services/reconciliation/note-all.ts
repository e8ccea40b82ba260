import { decodeOrNull } from "#services/matching/decode-or-null.ts";
import { branchOfRecord } from "#shared/domain/encoding/command-encoding.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { OwnLog } from "./own-log.ts";

const BATCH = 1000;

/** Notes what the log holds beyond what was noted before. */
export async function noteAll(own: OwnLog, log: CommandLog): Promise<void> {
  while (own.last < log.lastPosition()) {
    const records = await log.read(own.last, BATCH);
    // Somebody else may have noted it while this was read.
    for (const { position, bytes } of records)
      if (position > own.last) {
        // Most records say nothing of branches, and need not be decoded for it.
        const isOfBranches = branchOfRecord(bytes)?.isOfBranches === true;
        own.note(position, isOfBranches ? decodeOrNull(bytes) : null);
      }
    if (records.length < BATCH) return;
  }
}
