import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { MarketMessage } from "#shared/protocol/market-feed.ts";

/**
 * Trades and book changes for analytics and for consumers outside, on a way of their own: whoever reads them takes nothing from matching. At least once, a shard's in order; each message carries
 * its name (shard, branch, seq, index), by which a consumer drops what it has seen.
 */
export interface MarketFeed {
  /** Publishes messages of a shard; one call a shard at a time. Resolves when they are durable. Rejects with an `OperatingError` when that is not known: then they are published again. */
  publish(shard: ShardId, messages: readonly MarketMessage[]): Promise<void>;
  close(): Promise<void>;
}

/** Up to where each shard was published, durably. It may lag behind: what lies between is published again. */
export interface FeedStands {
  read(shard: ShardId): Promise<FeedStand | undefined>;
  write(shard: ShardId, stand: FeedStand): Promise<void>;
  close(): Promise<void>;
}

export interface FeedStand {
  readonly branch: BranchId;
  readonly seq: Seq;
}
