import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { LogRecord, Subscription } from "./command-log.ts";

/** Raw copies of the other Regions' own logs, with their positions, and the durable promises to follow an epoch no further. */
export interface LogCopies {
  /** Appends records of a Region's log, rising; those already held are skipped. Resolves when they are durable. */
  append(shard: ShardId, origin: RegionId, records: readonly LogRecord[]): Promise<void>;
  read(shard: ShardId, origin: RegionId, after: number, limit: number): Promise<readonly LogRecord[]>;
  /** As `CommandLog.subscribe`. */
  subscribe(
    shard: ShardId,
    origin: RegionId,
    after: number,
    onRecords: (records: readonly LogRecord[]) => void | Promise<void>,
  ): Subscription;
  /** 0 when nothing is held. */
  lastPosition(shard: ShardId, origin: RegionId): number;
  /** Records durably that epochs up to this one are followed no further. Never lowered. */
  fence(shard: ShardId, epoch: number): Promise<void>;
  /** 0 when none was fenced. */
  fencedEpoch(shard: ShardId): number;
  close(): Promise<void>;
}
