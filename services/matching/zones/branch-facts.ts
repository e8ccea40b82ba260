import type { EngineState, ForkState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId } from "#shared/domain/ids.ts";
import type { FoldedEnd } from "../matching.ts";

/** What outcomes say of branches and forks: as much of the zones' state as the Region needs at every moment. */
export class BranchFacts {
  ended: boolean;
  branch: BranchId;
  lastEnd: FoldedEnd | undefined;
  readonly #forks: Map<BranchId, ForkState>;

  constructor({ ended, branch, forks }: Pick<EngineState, "ended" | "branch" | "forks">) {
    this.ended = ended;
    this.branch = branch;
    this.#forks = new Map(forks.map((fork) => [fork.fork, fork]));
  }

  take({ events, branch, seq }: Outcome): void {
    this.branch = branch;
    const [event] = events;
    switch (event?.kind) {
      case "BranchBegan":
        this.ended = false;
        break;
      case "BranchEnded":
        this.ended = true;
        this.lastEnd = { seq, successor: event.successor };
        break;
      case "ForkCommandReplayed":
        this.#forks.set(event.fork, { fork: event.fork, cursor: event.n, ended: false });
        break;
      case "ForkReplayDone":
        this.#forks.set(event.fork, { fork: event.fork, cursor: event.n, ended: event.last });
        break;
      default:
    }
  }

  /** Cursor 0 for a fork that was never heard of. */
  fork(fork: BranchId): ForkState {
    return this.#forks.get(fork) ?? { fork, cursor: 0, ended: false };
  }
}
