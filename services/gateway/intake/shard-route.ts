import type { ShardId } from "#shared/domain/ids.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { RouteState } from "#shared/protocol/region-state.ts";

export type { RouteState };

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
