import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Subscription } from "./command-log.ts";

/** What became of a planned move. `unreachable`: the register or one of the two Regions. `refused`: no such move, for the shard is on another way. */
export type PromotionOutcome = "done" | "unreachable" | "refused";

/** Planned moves of shards, which any task of a Region may be asked for, and only the one that publishes the shard can do. */
export interface PromotionRequests {
  /** Resolves with what became of it; `unreachable` where nobody does it in time, and then it is asked for no more. */
  ask(shard: ShardId, to: RegionId): Promise<PromotionOutcome>;
  /** Once it resolves, does what is asked for from then on of these shards, one after the other; what was asked for before nobody waits for any more. */
  serve(
    shards: readonly ShardId[],
    promote: (shard: ShardId, to: RegionId) => Promise<PromotionOutcome>,
  ): Promise<Subscription>;
}
