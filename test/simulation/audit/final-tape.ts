import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId, ShardId } from "#shared/domain/ids.ts";
import type { Fate } from "./effects.ts";

/** A shard's tape as all Regions agree on it at the end. */
export interface FinalTape {
  readonly shard: ShardId;
  readonly state: EngineState;
  readonly outcomes: readonly Outcome[];
  readonly lineage: ReadonlyMap<string, number>;
  readonly fates: ReadonlyMap<CommandId, readonly Fate[]>;
}
