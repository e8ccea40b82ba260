import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { LineageSpan } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Projections } from "#shared/ports/projections.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import { heldThrough } from "#shared/read-model/held-through.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import { pastFromTables } from "./past-from-tables.ts";
import { ReconciliationRecorder } from "./record-reconciliations.ts";

/** A shard whose forks' ends are written down. */
export interface RecordedShard {
  readonly shard: ShardId;
  readonly journal: Journal;
  readonly projections: Projections;
  /** True once a place of the tape stays for ever. */
  isFinal(branch: BranchId, seq: Seq): boolean;
  lineage(): readonly LineageSpan[];
}

export interface RecordersDependencies {
  readonly shards: readonly RecordedShard[];
  readonly store: ReconciliationStore;
  readonly clock: Clock;
  readonly onChange: (reconciliation: Reconciliation) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Writes down in this Region what becomes of every fork of every shard, whichever Region opened it. */
export function startRecorders(dependencies: RecordersDependencies): { stop(): void } {
  const { shards, store, clock, onChange, onFailure } = dependencies;
  const recorders = shards.map(
    ({ shard, journal, projections, isFinal, lineage }) =>
      new ReconciliationRecorder({
        shard,
        journal,
        store,
        past: pastFromTables(projections, journal),
        pastThrough: () => heldThrough(shard, { journal, projections }),
        isFinal,
        clock,
        epochOf: (branch) => lineage().find((span) => span.branch === branch)?.epoch ?? 0,
        onChange,
        onFailure,
      }),
  );
  for (const recorder of recorders) recorder.start();
  return {
    stop: () => {
      for (const recorder of recorders) recorder.stop();
    },
  };
}
