import type { Command } from "#shared/domain/command.ts";
import type { Engine } from "#shared/domain/engine.ts";
import type { ForkState } from "#shared/domain/engine-state.ts";
import type { BranchId, CommandId, Seq } from "#shared/domain/ids.ts";
import type { LineageSpan } from "#shared/domain/lineage.ts";

/** What reconciliation needs of the rest of its Region. */
export interface CanonicalSide {
  /** The lineage as a majority knows it; `undefined` while no majority can be reached. */
  lineage(): readonly LineageSpan[] | undefined;
  /**
   * How far the replay of a fork has come in the Region's own fold of the lineage (cursor 0 where it has not begun); `undefined` while that fold stands
   * elsewhere: in a fork, or behind the present reign's beginning.
   */
  forkState(fork: BranchId): ForkState | undefined;
  /** The last seq that the Region's fold has taken, and the last one that is final. */
  foldedSeq(): number;
  finalSeq(): number;
  /** Appends to the log of the present owner, naming its branch, in order. False when not all is known to be appended. */
  append(commands: readonly CanonicalCommand[]): Promise<boolean>;
  /**
   * An engine of its own that has folded exactly up to a seq of a branch of this Region's knowledge: a reign (also beyond its cut, where the own log or copies have it), as
   * its own owner saw it.
   */
  engineAt(branch: BranchId, seq: Seq): Promise<Engine>;
}

export interface CanonicalCommand {
  readonly commandId: CommandId;
  readonly validUntil: number;
  readonly command: Command;
}
