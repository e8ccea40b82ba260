import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { LineageSpan, Watermark } from "#shared/domain/lineage.ts";
import type { TapeDigest } from "./link.ts";

/** Where a shard's commands go now. */
export type RouteState =
  /** This Region owns the shard and is sure of it: to its own log. */
  | { readonly kind: "own"; readonly branch: BranchId }
  /** To the owner's log, over the link. */
  | { readonly kind: "remote"; readonly owner: RegionId; readonly branch: BranchId }
  /** The majority cannot be reached, and a fork of this Region is open: to its own log, provisionally. */
  | { readonly kind: "fork"; readonly branch: BranchId }
  /** Nowhere: what may wait waits in the outbox. */
  | { readonly kind: "unreachable" };

/** What a Region's publishing task says of itself and its shards, again and again, to the Region's other tasks. */
export interface RegionState {
  /** Who says it. A task that takes over begins anew. */
  readonly publisher: string;
  /** Rises with everything that a publisher says: what is older than what was heard is dropped. */
  readonly beat: number;
  readonly regions: readonly RegionContact[];
  readonly shards: readonly ShardState[];
}

export interface RegionContact {
  readonly region: RegionId;
  readonly isUp: boolean;
  /** Of the last answer; `null` where none came lately. */
  readonly roundTripMs: number | null;
}

export interface ShardState {
  readonly shard: ShardId;
  readonly route: RouteState;
  readonly isProvisional: boolean;
  /** The last seq that stays, while this Region owns the shard and is not sure of it. */
  readonly unsureAfter: Seq | null;
  /** The highest seq of this Region's tape that is final, and what the owner says is. */
  readonly finalSeq: Seq;
  readonly watermark: Watermark | null;
  /** The age of the oldest outcome that is not journaled, ms: here, and at the owner. */
  readonly unjournaledMs: number;
  readonly unjournaledAtOwnerMs: number;
  /** By rising epoch; empty until the ownership is known. */
  readonly lineage: readonly LineageSpan[];
  /** How far this Region's fold is behind its owner, ms; `null` where nobody can say. */
  readonly lagMs: number | null;
  readonly isReconciling: boolean;
  /** Of the state at the last seq of which one was taken, if one was: who stands by compares its own with it. */
  readonly digest?: TapeDigest | undefined;
}
