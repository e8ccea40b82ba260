import type { Command } from "#shared/domain/command.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { BranchId, CommandId } from "#shared/domain/ids.ts";
import type { Random } from "#shared/ports/random.ts";

/** A record of the log that the exchange writes for itself (a tick, a definition, the beginning or the end of a branch): under an id of its own, valid at any time. */
export function ownRecord(random: Random, branch: BranchId, command: Command): Uint8Array {
  const commandId = Buffer.from(random.bytes(16)).toString("hex") as CommandId;
  return encodeCommand({ commandId, branch, validUntil: 0, command });
}
