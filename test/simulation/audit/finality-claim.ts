import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Watermark } from "#shared/domain/lineage.ts";

/** Somebody was told that everything up to there is final. */
export interface FinalityClaim extends Watermark {
  readonly shard: ShardId;
  readonly region: RegionId;
}
