import type { LineageSpan, TapePlan, Watermark } from "#shared/domain/lineage.ts";

/**
 * The highest seq of a tape that is final as a watermark says; 0 where it says nothing of this tape, because it is of an epoch that the plan does not
 * know yet. What a fork holds never is.
 */
export function finalSeqOf({ lineage, fork }: TapePlan, watermark: Watermark | undefined): number {
  if (watermark === undefined) return 0;
  const at = lineage.findIndex(({ epoch }) => epoch === watermark.epoch);
  if (at < 0) return 0;
  const final = Math.min(watermark.seq, lineage[at + 1]?.parentSeq ?? Number.POSITIVE_INFINITY);
  return fork === undefined ? final : Math.min(final, fork.parentSeq);
}

/** The reign of today; `undefined` before the first. */
export function currentSpan({ lineage }: Pick<TapePlan, "lineage">): LineageSpan | undefined {
  return lineage.at(-1);
}
