import type { ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";

/** The last record of the ownership register that this Region has read from a majority: what it goes on with when it starts and reaches nobody. */
export interface KnownOwnership {
  /** `undefined` while none was read. */
  record(shard: ShardId): OwnershipRecord | undefined;
  /** Durable when it resolves. */
  remember(record: OwnershipRecord): Promise<void>;
  close(): Promise<void>;
}
