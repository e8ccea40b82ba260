import { decodeOrNull } from "#services/matching/decode-or-null.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { OwnLog } from "./own-log.ts";

const BATCH = 1000;

/** Notes what the log holds beyond what was noted before. */
export async function noteAll(own: OwnLog, log: CommandLog): Promise<void> {
  for (;;) {
    const records = await log.read(own.last, BATCH);
    // Somebody else may have noted it while this was read.
    for (const { position, bytes } of records)
      if (position > own.last) own.note(position, decodeOrNull(bytes));
    if (records.length < BATCH) return;
  }
}
