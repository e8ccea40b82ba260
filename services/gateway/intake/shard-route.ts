import type { BranchId, RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Subscription } from "#shared/ports/command-log.ts";

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

/** What a Region knows of a shard's ownership, as far as commands need it. */
export interface ShardRoute {
  readonly shard: ShardId;
  state(): RouteState;
  /** Calls whenever the state is another. */
  onChange(listener: () => void): Subscription;
}

/** True where an outcome counts as the majority's: anywhere but in a fork. */
export function isCanonical(state: RouteState): state is RouteState & { readonly kind: "own" | "remote" } {
  return state.kind === "own" || state.kind === "remote";
}
