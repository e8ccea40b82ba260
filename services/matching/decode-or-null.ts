import type { CommandEnvelope } from "#shared/domain/command.ts";
import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { decodeCommand } from "#shared/domain/encoding/command-encoding.ts";

/** A record of the log as a command; `null` for bytes that are none, which the fold counts all the same. */
export function decodeOrNull(bytes: Uint8Array): CommandEnvelope | null {
  try {
    return decodeCommand(bytes);
  } catch (error) {
    if (error instanceof DecodingError) return null;
    throw error;
  }
}
