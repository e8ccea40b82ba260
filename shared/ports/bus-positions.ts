import type { ShardId } from "#shared/domain/ids.ts";

/** How far the final tape of each shard was handed to the bus by this Region. */
export interface BusPositions {
  /** The highest seq whose events, and those of all before, the bus holds; 0 at the start. */
  position(shard: ShardId): Promise<number>;
  /** Durable when it resolves. A lower seq changes nothing. */
  advance(shard: ShardId, seq: number): Promise<void>;
  close(): Promise<void>;
}
