import type { CommandEnvelope, ReplayableCommand } from "#shared/domain/command.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Event, Trade } from "#shared/domain/event.ts";
import type { BranchId } from "#shared/domain/ids.ts";

/** A command that a fork took, and what it did there. */
export interface ForkEntry {
  readonly envelope: CommandEnvelope & { readonly command: ReplayableCommand };
  readonly events: readonly Event[];
}

/** A fork, folded from its first command to its seal. */
export interface FoldedFork {
  readonly fork: BranchId;
  /** Where it left the lineage, and where it ended. */
  readonly before: EngineState;
  readonly after: EngineState;
  /** What is to be replayed, in order: n = 1, 2, 3… */
  readonly entries: readonly ForkEntry[];
}

/** The provisional trades among events. */
export function tradesOf(events: readonly Event[]): Trade[] {
  return events.filter((event) => event.kind === "Trade");
}
