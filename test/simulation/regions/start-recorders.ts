import { ReconciliationRecorder } from "#services/reconciliation/record-reconciliations.ts";
import type { ShardNode } from "#services/region/shard-node.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import { pastOf } from "./journal-past.ts";
import { wholeJournal } from "./whole-journal.ts";

export interface RecordedShard {
  readonly node: ShardNode;
  readonly journal: Journal;
}

/** Production's recorders of a Region: what became of each fork, as its journal shows it. */
export function startRecorders(
  shards: readonly RecordedShard[],
  store: ReconciliationStore,
  clock: Clock,
  onFailure: (error: unknown) => void,
  onReconciled: (reconciliation: Reconciliation) => void,
): void {
  for (const { node, journal } of shards)
    new ReconciliationRecorder({
      shard: node.shard,
      journal,
      store,
      past: pastOf(() => wholeJournal(journal)),
      pastThrough: () => journal.lastSeq(),
      isFinal: (branch, seq) =>
        node.watermark.finalSeq >= seq &&
        node.tape.segments.some((segment) => segment.branch === branch && seq <= segment.end),
      clock,
      epochOf: (branch) => node.record?.lineage.find((span) => span.branch === branch)?.epoch ?? 0,
      onChange: (reconciliation) => {
        if (reconciliation.state === "reconciled") onReconciled(reconciliation);
      },
      onFailure,
    }).start();
}
