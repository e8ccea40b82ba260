import type { Command } from "#shared/domain/command.ts";
import type { EngineState, ForkState } from "#shared/domain/engine-state.ts";
import type { BranchId, RegionId, Seq } from "#shared/domain/ids.ts";
import type { TapePlace } from "#shared/domain/lineage.ts";

/** One shard's matching in a Region, whether it folds in this process or in zones of its own. */
export interface Matching {
  /** The last seq folded, and its place on the tape. */
  readonly seq: Seq;
  readonly place: TapePlace;
  /** True behind the end of a branch: only another one can go on from here. */
  readonly ended: boolean;
  /** The end of a branch that was folded last, if it was since this process began. */
  readonly lastEnd: FoldedEnd | undefined;
  readonly unjournaled: Unjournaled;
  /** How far a fork's replay has come. */
  fork(id: BranchId): ForkState;
  state(): EngineState | Promise<EngineState>;
  /** Folds what is there now, publishing nothing. */
  catchUp(): Promise<void>;
  /** From now on folds what comes, and publishes it. */
  run(): void;
  /** Appends a command of the service's own to the branch that this Region writes; `false` if it was not, or may not have been. */
  append(command: Command): Promise<boolean>;
  /**
   * Saves the state as it is now, once the journal holds all that is in it. Waits until there is a zone to give it.
   */
  takeSnapshot(): Promise<void>;
  /** Folds and publishes no more; the journal holds all that was folded when it resolves. */
  stop(): Promise<void>;
  /** Saves the last state, behind {@link stop}: nobody waits for it. */
  saveLast(): Promise<void>;
}

/** What waits for the journal. */
export interface Unjournaled {
  readonly count: number;
  /** The age of the oldest, ms; 0 where none waits. */
  readonly ageMs: number;
}

/** The end of a branch: its last seq, and who was to follow; "" for a fork that was sealed. */
export interface FoldedEnd {
  readonly seq: Seq;
  readonly successor: RegionId | "";
}
