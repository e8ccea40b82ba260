import type { ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import { conflictedOrders } from "#shared/read-model/conflicted-orders.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import type { Life } from "#test/simulation/process/life.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

/** What a Region remembers of its reconciliations, on a simulated disk. */
export function openSimulatedReconciliationStore(
  disk: SimulatedDisk,
  name: string,
  life: Life,
): ReconciliationStore {
  const bookmarks = disk.file(`bookmarks ${name}`, () => new Map<ShardId, number>());
  const recorded = disk.file(`recorded ${name}`, () => new Map<ShardId, number>());
  const file = disk.file(`reconciliations ${name}`, () => new Map<string, Reconciliation>());
  const commits = disk.commits("reconciliation store", name, life);
  return {
    bookmark: (shard) => bookmarks.get(shard) ?? 0,
    setBookmark: async (shard, position) => {
      assert(position >= (bookmarks.get(shard) ?? 0), `the bookmark of ${shard} only moves forward`);
      await commits.write(() => void bookmarks.set(shard, position));
    },
    recordedThrough: (shard) => recorded.get(shard) ?? 0,
    setRecordedThrough: (shard, seq) => commits.write(() => void recorded.set(shard, seq)),
    put: (reconciliation) => commits.write(() => void file.set(reconciliation.id, reconciliation)),
    get: (id) => disk.reading(life, () => file.get(id)),
    list: ({ account, state, limit }) =>
      disk.reading(life, () =>
        [...file.values()]
          .toReversed()
          .filter((each) => account === undefined || touches(each, account))
          .filter((each) => state === undefined || each.state === state)
          .slice(0, limit),
      ),
    conflictOf: (orderId) =>
      disk.reading(life, () => {
        const busting = [...file.values()].filter((each) => conflictedOrders(each).has(orderId));
        if (busting.length === 0) return undefined;
        return { isCompensated: busting.every(({ state }) => state === "reconciled") };
      }),
    close: async () => commits.flush(),
  };
}

function touches({ commands, fills, adjustments }: Reconciliation, account: number): boolean {
  return (
    [...commands, ...adjustments].some((each) => each.account === account) ||
    fills.some(({ makerAccount, takerAccount }) => makerAccount === account || takerAccount === account)
  );
}
