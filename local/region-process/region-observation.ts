import type { ShardStatus } from "#shared/protocol/region-messages.ts";

/** A shard in one Region, for who watches the platform. */
export interface ShardObservation
  extends Pick<
    ShardStatus,
    | "shard"
    | "owner"
    | "epoch"
    | "route"
    | "provisional"
    | "reconciling"
    | "seq"
    | "finalSeq"
    | "backpressure"
    | "queued"
  > {
  /** Outcomes that wait for the journal. */
  readonly unjournaled: number;
}

/** A zone that took over from another: how long nothing of a shard was published. */
export interface ZoneFailover {
  /** Epoch ms. */
  readonly at: number;
  readonly shard: string;
  readonly from: string;
  readonly to: string;
  /** `closed`: its connection was; `silent`: it said nothing. */
  readonly reason: string;
  /** From the last outcome before to the first one after it. */
  readonly ms: number;
}

/** What a Region's process tells its supervisor of itself, again and again. */
export interface RegionObservation {
  readonly shards: readonly ShardObservation[];
  readonly zones: readonly { readonly zone: string; readonly isActive: boolean }[];
  /** The last ones, oldest first. */
  readonly failovers: readonly ZoneFailover[];
}
