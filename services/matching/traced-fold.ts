import type { TapeRecord } from "#services/replication/tape.ts";
import { traceOfRecord } from "#shared/domain/encoding/traced-record.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { rejectionOf } from "#shared/read-model/order-result.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import type { ShardFold } from "./shard-fold.ts";

/** Folds the next record, and tells the trace that it carries, which is the command's from now on. The fold knows nothing of it. */
export function tracedFold(fold: ShardFold, record: TapeRecord, tracing: Tracing, clock: Clock): Outcome {
  const parent = tracing.isOn ? traceOfRecord(record.bytes) : undefined;
  if (parent === undefined) return fold.take(record);
  const begin = clock.monotonic();
  const outcome = fold.take(record);
  const { shard, branch, seq, commandId } = outcome;
  if (commandId !== "") tracing.remember(commandId, parent);
  const rejection = rejectionOf(outcome);
  tracing.record("matching.fold", parent, begin, {
    attributes: {
      "meridian.shard": shard,
      "meridian.branch": branch,
      "meridian.seq": seq,
      ...(rejection === undefined ? {} : { "meridian.reason": rejection.reason }),
    },
    keep: rejection === undefined ? undefined : "refused",
  });
  return outcome;
}
