import type { TapeRecord } from "#services/replication/tape.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
import type { TapeDigest } from "#shared/protocol/link.ts";

/**
 * What a Region's process tells a matching instance in a zone. A run is one uninterrupted stretch of a shard's tape, from a state on; a new run
 * begins where the tape goes back, and what is still on its way from the old one means nothing any more.
 */
export type ToZone =
  | {
      readonly t: "begin";
      readonly shard: ShardId;
      readonly run: number;
      /** The state to go on from; `undefined` for the beginning of the shard. */
      readonly snapshot: Snapshot | undefined;
      /** As in `publish`; `undefined` to keep silent. */
      readonly publishAfter: number | undefined;
    }
  | {
      readonly t: "records";
      readonly shard: ShardId;
      readonly run: number;
      readonly records: readonly TapeRecord[];
    }
  /** Send outcomes from the next seq on, those first that were folded already. */
  | { readonly t: "publish"; readonly shard: ShardId; readonly run: number; readonly after: number }
  /** Fold silently. */
  | { readonly t: "hush"; readonly shard: ShardId }
  /** Nobody will ask for outcomes up to this seq. */
  | { readonly t: "published"; readonly shard: ShardId; readonly seq: number }
  /** These traces are kept: what the zone holds of them is wanted. */
  | { readonly t: "kept"; readonly traceIds: readonly string[] }
  /** Send the state as it is now. */
  | { readonly t: "snapshot"; readonly shard: ShardId; readonly run: number };

/** What a matching instance tells its Region's process. */
export type FromZone =
  | { readonly t: "hello"; readonly zone: string }
  | { readonly t: "beat" }
  /** In their encoding, by rising seq. */
  | {
      readonly t: "outcomes";
      readonly shard: ShardId;
      readonly run: number;
      readonly outcomes: readonly Uint8Array[];
    }
  /** So far it has folded; all outcomes up to it were sent before. */
  | {
      readonly t: "folded";
      readonly shard: ShardId;
      readonly run: number;
      readonly seq: number;
      readonly digests: readonly TapeDigest[];
    }
  /** Outcomes that were asked for are no longer held: begin further back. */
  | { readonly t: "behind"; readonly shard: ShardId; readonly run: number; readonly after: number }
  | { readonly t: "snapshot"; readonly shard: ShardId; readonly run: number; readonly snapshot: Snapshot };
