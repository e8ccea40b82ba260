import type { CommandEnvelope } from "#shared/domain/command.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";

/** Commands as they stand in the log, one after the other. */
export interface CommandFile {
  readonly bytes: Uint8Array;
  /** Where each command ends. */
  readonly ends: Int32Array;
}

export function commandFile(envelopes: readonly CommandEnvelope[]): CommandFile {
  const records = envelopes.map(encodeCommand);
  const bytes = Buffer.concat(records);
  const ends = new Int32Array(records.length);
  let end = 0;
  for (const [at, record] of records.entries()) {
    end += record.length;
    ends[at] = end;
  }
  return { bytes, ends };
}
