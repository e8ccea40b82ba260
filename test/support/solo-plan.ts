import { decodeOrNull } from "#services/matching/decode-or-null.ts";
import { ownRecord } from "#services/matching/own-record.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { ROOT_BRANCH, type TapePlan } from "#shared/domain/lineage.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { Random } from "#shared/ports/random.ts";

export interface SoloSources {
  readonly shard: ShardId;
  readonly region: RegionId;
  readonly log: CommandLog;
  readonly mintBranch: () => BranchId;
  readonly random: Random;
}

/** The tape of a shard that one Region has for itself: one branch, its whole log. A log that is empty gets the branch's first record. */
export async function soloPlan({ shard, region, log, mintBranch, random }: SoloSources): Promise<TapePlan> {
  let branch = await branchOf(log);
  if (branch === undefined) {
    branch = mintBranch();
    const command = {
      kind: "BranchStarted",
      branch,
      parent: ROOT_BRANCH,
      parentSeq: 0 as Seq,
      epoch: 1,
      provisional: false,
    } as const;
    const { ok } = await log.append(ownRecord(random, branch, command));
    assert(ok, "the log takes the first record of the branch");
  }
  const span = { epoch: 1, branch, owner: region, parentSeq: 0 as Seq, start: 0, cutDigest: "" };
  return { shard, lineage: [span], fork: undefined };
}

/** A log's first command names the branch of the shard; an empty log has none. */
async function branchOf(log: CommandLog): Promise<BranchId | undefined> {
  for (let after = 0; ; ) {
    const records = await log.read(after, 100);
    for (const { bytes } of records) {
      const envelope = decodeOrNull(bytes);
      if (envelope !== null) return envelope.branch;
    }
    const last = records.at(-1);
    if (last === undefined) return undefined;
    after = last.position;
  }
}
