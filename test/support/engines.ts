import { createEngine, restoreEngine } from "#services/matching/engine/engine.ts";
import type { BranchId, ShardId } from "#shared/domain/ids.ts";
import { createNaiveEngine } from "#test/oracle/naive-engine.ts";

/** What every implementation can do. */
export type Folding = ReturnType<typeof createNaiveEngine>;

/** An implementation of docs/engine-rules.md. */
export interface EngineKind {
  readonly name: string;
  readonly create: (shard: ShardId, branch: BranchId) => Folding;
  /** From the bytes of a snapshot. */
  readonly restore?: (snapshot: Uint8Array) => Folding;
}

/** The one that is obviously right: what the others are compared with. */
export const ORACLE: EngineKind = { name: "naive engine", create: createNaiveEngine };

/** Those that must agree with it. */
export const COMPARED: readonly EngineKind[] = [
  { name: "fast engine", create: createEngine, restore: restoreEngine },
];

/** All that the rules' own tests are run over. */
export const ENGINES: readonly EngineKind[] = [ORACLE, ...COMPARED];
