import { findOpenFork } from "#services/reconciliation/find-open-fork.ts";
import type { OwnLog } from "#services/reconciliation/own-log.ts";
import type { OwnershipRecord, TapePlan } from "#shared/domain/lineage.ts";
import type { FoldedShardStores } from "#shared/ports/stores.ts";
import { mayHaveGoneInto } from "./may-have-gone-into.ts";

/** What a Region follows of a shard, as its stores have it: the lineage that it remembers, and the fork that its own log shows open. Notes what is new of that log. */
export async function planShard(
  shard: TapePlan["shard"],
  record: OwnershipRecord | undefined,
  { log, journal }: Pick<FoldedShardStores, "log" | "journal">,
  own: OwnLog,
): Promise<TapePlan> {
  const open = await findOpenFork(own, log);
  const fork = open !== undefined && mayHaveGoneInto(journal, open) ? open : undefined;
  return { shard, lineage: record?.lineage ?? [], fork };
}
