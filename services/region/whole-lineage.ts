import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { type LineageSpan, MAX_KNOWN_SPANS } from "#shared/domain/lineage.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";

export interface LineageSources {
  readonly shard: ShardId;
  readonly regions: readonly RegionId[];
  readonly link: RegionLink;
  readonly timeoutMs: number;
}

const BATCH = 256;

/** Reigns that are known, and newer ones that follow them or overlap; `undefined` where some between them are missing. What a reign was never changes, so either may be taken. */
export function joinedLineage(
  known: readonly LineageSpan[],
  newer: readonly LineageSpan[],
): readonly LineageSpan[] | undefined {
  const [first] = newer;
  if (first === undefined) return known;
  const older = known.filter(({ epoch }) => epoch < first.epoch);
  if (first.epoch > 1 && older.at(-1)?.epoch !== first.epoch - 1) return undefined;
  return [...older, ...newer].slice(-MAX_KNOWN_SPANS);
}

/**
 * The lineage from what this Region knew to what the register's record has. That keeps the last reigns only, so one that was away for more asks the others for those between. `undefined` where nobody
 * who is reached has them.
 */
export async function wholeLineage(
  { shard, regions, link, timeoutMs }: LineageSources,
  known: readonly LineageSpan[],
  ofRecord: readonly LineageSpan[],
): Promise<readonly LineageSpan[] | undefined> {
  let lineage = known;
  for (const region of regions) {
    if (region === link.self) continue;
    for (;;) {
      const whole = joinedLineage(lineage, ofRecord);
      if (whole !== undefined) return whole;
      const after = lineage.at(-1)?.epoch ?? 0;
      const request = { shard, after, limit: BATCH };
      const reply = await link.request(region, "replica.lineage", request, timeoutMs);
      const longer = reply.ok ? joinedLineage(lineage, reply.answer.spans) : undefined;
      if (longer === undefined || (longer.at(-1)?.epoch ?? 0) <= after) break;
      lineage = longer;
    }
  }
  return joinedLineage(lineage, ofRecord);
}
