import type { BranchId, RegionId, ShardId } from "#shared/domain/ids.ts";
import type { LineageSpan, Watermark } from "#shared/domain/lineage.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { PromotionOutcome } from "#shared/ports/task-requests.ts";

/** What a Region knows of the others and of who owns what; the gateway shows it. */
export interface RegionStatusSource {
  readonly self: RegionId;
  /** Every Region of the installation, this one too. */
  regions(): readonly RegionHealth[];
  ownershipOf(shard: ShardId): OwnershipStatus;
  /** How far this Region's fold of a shard is behind its owner, ms; 0 where it owns it, `undefined` where nobody can say. */
  lagMs(shard: ShardId): number | undefined;
  /** True while a fork of the shard that this Region opened is sealed, and its replay not final yet. */
  isReconciling(shard: ShardId): boolean;
  /** Called when something of it has changed. */
  onChange(listener: () => void): Subscription;
  /** The planned move of a shard to another Region; resolves when that owns it, or when it is sure that it does not. */
  promote(shard: ShardId, to: RegionId): Promise<PromotionOutcome>;
}

export interface RegionHealth {
  readonly region: RegionId;
  /** By the links' own words; this Region is always up. */
  readonly isUp: boolean;
  /** `undefined` where no answer came lately. */
  readonly roundTripMs: number | undefined;
}

export interface OwnershipStatus {
  readonly owner: RegionId;
  readonly epoch: number;
  readonly branch: BranchId;
  /** By rising epoch; the last is the reign of today. */
  readonly lineage: readonly LineageSpan[];
}

/** What is final of a shard, as a Region knows it. */
export interface ShardFinality {
  /** The highest seq of this Region's tape that is final. */
  readonly finalSeq: number;
  /** What the owner says is final; it names the branch. */
  readonly current: Watermark | undefined;
  onAdvance(listener: () => void): Subscription;
}
