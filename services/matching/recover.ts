import type { CommandEnvelope } from "#shared/domain/command.ts";
import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { decodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import type { Engine } from "#shared/domain/engine.ts";
import type { BranchId, ShardId } from "#shared/domain/ids.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { createEngine, restoreEngine } from "./engine/engine.ts";

/** An engine and the log position of the last command that it folded. */
export interface Recovered {
  readonly engine: Engine;
  readonly position: number;
  /** Snapshots that were passed over because their bytes did not have their digest. */
  readonly damagedSnapshots: number;
}

/**
 * The newest usable state of a shard: the newest snapshot whose bytes have its digest, else the beginning of the log. The
 * tail of the log is still to be folded.
 */
export async function recoverEngine(
  shard: ShardId,
  log: CommandLog,
  snapshots: SnapshotStore,
  mintBranch: () => BranchId,
): Promise<Recovered> {
  let damagedSnapshots = 0;
  for (const snapshot of await snapshots.list(shard)) {
    if (digestOf(snapshot.bytes) === snapshot.digest) {
      return { engine: restoreEngine(snapshot.bytes), position: snapshot.position, damagedSnapshots };
    }
    damagedSnapshots++;
  }
  const branch = (await branchOf(log)) ?? mintBranch();
  return { engine: createEngine(shard, branch), position: 0, damagedSnapshots };
}

/** A log's first command names the branch of the shard; an empty log has none. */
async function branchOf(log: CommandLog): Promise<BranchId | undefined> {
  for (let after = 0; ; ) {
    const records = await log.read(after, 100);
    for (const { bytes } of records) {
      const envelope = decodeOrNull(bytes);
      if (envelope !== null) return envelope.branch;
    }
    const last = records[records.length - 1];
    if (last === undefined) return undefined;
    after = last.position;
  }
}

/** A record of the log as a command; `null` for bytes that are none, which the fold counts all the same. */
export function decodeOrNull(bytes: Uint8Array): CommandEnvelope | null {
  try {
    return decodeCommand(bytes);
  } catch (error) {
    if (error instanceof DecodingError) return null;
    throw error;
  }
}
