import { OwnLog } from "#services/reconciliation/own-log.ts";
import { ownLogStart } from "#services/region/own-log-start.ts";
import { planShard } from "#services/region/plan-shard.ts";
import type { RegionStores } from "#services/region/region-stores.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { isSameData } from "#shared/domain/same-data.ts";

/** A Region that starts comes to the same plan whether it reads its own log from the bookmark or from where its snapshots let it begin. */
export async function expectSameStart(stores: RegionStores, self: RegionId): Promise<void> {
  for (const [shard, own] of stores.shards) {
    const record = stores.known.record(shard);
    const bookmark = stores.reconciliations.bookmark(shard);
    const snapshots = await own.snapshots.list(shard);
    const start = ownLogStart({ shard, self, record, journal: own.journal, snapshots, bookmark });
    const [whole, short] = [await plan(bookmark), await plan(start)];
    assert(
      isSameData(whole, short),
      `${self} starts ${shard} in ${JSON.stringify(short.fork)} by its log from ${start}, but in ${JSON.stringify(whole.fork)} from ${bookmark}`,
    );
    function plan(after: number) {
      return planShard(shard, record, own, new OwnLog(after));
    }
  }
}
