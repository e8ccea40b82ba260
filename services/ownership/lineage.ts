import { assert } from "#shared/domain/invariant.ts";
import { type LineageSpan, MAX_SPANS, type OwnershipRecord } from "#shared/domain/lineage.ts";

/** The reign of today. */
export function currentSpan({ shard, lineage }: OwnershipRecord): LineageSpan {
  const span = lineage.at(-1);
  assert(span !== undefined, `the register's record of ${shard} has no span`);
  return span;
}

/** 0 while the register holds nothing. */
export function epochOf(record: OwnershipRecord | undefined): number {
  return record === undefined ? 0 : currentSpan(record).epoch;
}

/** The record with a further reign, as the register takes it. Its `renewal` grows with every change, so of two records the higher is the later. */
export function withSpan(
  record: OwnershipRecord,
  span: LineageSpan,
  leaseMs: number,
  maxSpans = MAX_SPANS,
): OwnershipRecord {
  const last = currentSpan(record);
  assert(span.epoch === last.epoch + 1, `epoch ${span.epoch} does not follow ${last.epoch}`);
  assert(
    span.parentSeq >= last.parentSeq,
    `epoch ${span.epoch} is cut below where epoch ${last.epoch} began`,
  );
  const lineage = [...record.lineage, span].slice(-maxSpans);
  return { shard: record.shard, lineage, leaseMs, renewal: record.renewal + 1 };
}
