import { ReconciliationFeed } from "#services/gateway/reconciliations/reconciliation-feed.ts";
import { pastFromTables } from "#services/reconciliation/past-from-tables.ts";
import { ReconciliationRecorder } from "#services/reconciliation/record-reconciliations.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import { heldThrough } from "#shared/read-model/held-through.ts";
import type { RunningShard } from "./start-shards.ts";

export interface RecordersDependencies {
  readonly shards: readonly RunningShard[];
  readonly store: ReconciliationStore;
  readonly clock: Clock;
  readonly onFailure: (error: unknown) => void;
}

/** Writes down in this Region what becomes of every fork of every shard, whichever Region opened it. */
export function startRecorders({ shards, store, clock, onFailure }: RecordersDependencies) {
  const feed = new ReconciliationFeed(store);
  const recorders = shards.map(
    ({ node, stores: { journal, projections } }) =>
      new ReconciliationRecorder({
        shard: node.shard,
        journal,
        store,
        past: pastFromTables(projections, journal),
        pastThrough: () => heldThrough(node.shard, { journal, projections }),
        isFinal: (branch, seq) =>
          node.watermark.finalSeq >= seq &&
          node.tape.segments.some((segment) => segment.branch === branch && seq <= segment.end),
        clock,
        epochOf: (branch) => node.record?.lineage.find((span) => span.branch === branch)?.epoch ?? 0,
        onChange: (reconciliation) => feed.tell(reconciliation),
        onFailure,
      }),
  );
  for (const recorder of recorders) recorder.start();
  return {
    feed,
    stop: () => {
      for (const recorder of recorders) recorder.stop();
    },
  };
}
