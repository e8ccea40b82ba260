import type { RegionId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";

/** The ownership of one shard, as its Region sees and keeps it. */
export interface Ownership {
  start(): void;
  stop(): Promise<void>;
  /** The last record read from a majority. */
  record(): OwnershipRecord | undefined;
  /** As owner: the lease is good by this Region's own monotonic clock. */
  isSure(): boolean;
  /** Ms since a majority of the register's acceptors answered. */
  registerSilenceMs(): number;
  /** Hands the shard over to another Region: nothing is lost, nothing forks. False when it could not be done now. */
  promote(to: RegionId): Promise<boolean>;
  /** The other side of that: takes over right behind the end of an epoch. */
  succeed(epoch: number): Promise<boolean>;
}
