import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import { isSameData } from "#shared/domain/same-data.ts";
import { holds, INVARIANTS } from "./finding.ts";
import { outcomeHash } from "./outcome-hash.ts";

interface Kept {
  readonly hash: number;
  readonly outcome: Outcome;
}

/** A branch as its outcomes tell it. */
export interface KnownBranch {
  readonly branch: BranchId;
  /** `undefined` until its first outcome was seen. */
  parent:
    | { readonly branch: BranchId; readonly seq: Seq; readonly epoch: number; readonly provisional: boolean }
    | undefined;
  readonly outcomes: Map<number, Kept>;
}

/** Every outcome of a shard that anybody published, by branch and seq: two that differ at one place are a tape divergence. */
export class TapeArchive {
  readonly shard: ShardId;
  readonly #branches = new Map<BranchId, KnownBranch>();
  readonly #onFirst: (outcome: Outcome, isOfFork: boolean) => void;

  /** `onFirst` is shown each outcome once, and whether it is of a fork that a Region opened. */
  constructor(shard: ShardId, onFirst: (outcome: Outcome, isOfFork: boolean) => void = () => {}) {
    this.shard = shard;
    this.#onFirst = onFirst;
  }

  /** Takes what a Region published; returns its hash. */
  note(who: string, outcome: Outcome): number {
    const branch = this.branch(outcome.branch);
    const known = branch.outcomes.get(outcome.seq);
    if (known !== undefined) {
      holds(
        isSameData(known.outcome, outcome),
        INVARIANTS.sameTape,
        () =>
          `${who} folded ${this.shard} ${outcome.branch} ${outcome.seq} to ${JSON.stringify(outcome)}, another to ${JSON.stringify(known.outcome)}`,
      );
      return known.hash;
    }
    const hash = outcomeHash(outcome);
    branch.outcomes.set(outcome.seq, { hash, outcome });
    const [first] = outcome.events;
    if (first?.kind === "BranchBegan") {
      const { parent, parentSeq, epoch, provisional } = first;
      // The branch of another record than the first one's has begun within this one: its fold is lost to it.
      holds(
        !branch.outcomes.has(outcome.seq - 1),
        INVARIANTS.sameTape,
        () => `${who} let another branch begin within ${this.shard} ${outcome.branch} at seq ${outcome.seq}`,
      );
      branch.parent = { branch: parent, seq: parentSeq, epoch, provisional };
    }
    this.#onFirst(outcome, branch.parent?.provisional === true);
    return hash;
  }

  branch(branch: BranchId): KnownBranch {
    const known = this.#branches.get(branch);
    if (known !== undefined) return known;
    const fresh: KnownBranch = { branch, parent: undefined, outcomes: new Map() };
    this.#branches.set(branch, fresh);
    return fresh;
  }

  branches(): readonly KnownBranch[] {
    return [...this.#branches.values()];
  }

  /** The tape that ends with a branch, from the very first command, as far as it was published. Throws a `Finding` where something is missing. */
  tapeOf(branch: BranchId, last: Seq): readonly Outcome[] {
    const parts: Outcome[][] = [];
    let [at, until] = [branch, last as number];
    for (let depth = 0; until > 0; depth++) {
      holds(depth < 10_000, INVARIANTS.sameTape, () => `${this.shard}: the ancestors of ${branch} never end`);
      const known = this.branch(at);
      const begin = known.parent?.seq ?? 0;
      const part: Outcome[] = [];
      for (let seq = begin + 1; seq <= until; seq++) {
        const kept = known.outcomes.get(seq);
        holds(kept !== undefined, INVARIANTS.feeds, () => `${this.shard} ${at} ${seq} was never published`);
        part.push(kept.outcome);
      }
      parts.push(part);
      if (known.parent === undefined || known.parent.branch === ROOT_BRANCH) break;
      [at, until] = [known.parent.branch, begin];
    }
    return parts.toReversed().flat();
  }

  /** What was published of a branch and of what it hangs on, up to the first outcome that nobody lived to publish. */
  publishedTapeOf(branch: BranchId): readonly Outcome[] {
    const last = Math.max(...this.branch(branch).outcomes.keys()) as Seq;
    const tape: Outcome[] = [];
    for (const [at, until] of [...this.lineageOf(branch, last)].toReversed()) {
      const { parent, outcomes } = this.branch(at);
      if ((parent?.seq ?? 0) !== tape.length) return tape;
      while (tape.length < until) {
        const kept = outcomes.get(tape.length + 1);
        if (kept === undefined) return tape;
        tape.push(kept.outcome);
      }
    }
    return tape;
  }

  /** Which seqs of which branches are on the tape that ends with a branch: its last seq by branch. */
  lineageOf(branch: BranchId, last: Seq): ReadonlyMap<BranchId, number> {
    const lineage = new Map<BranchId, number>();
    let [at, until] = [branch, last as number];
    for (;;) {
      lineage.set(at, until);
      const { parent } = this.branch(at);
      if (parent === undefined || lineage.has(parent.branch)) return lineage;
      [at, until] = [parent.branch, parent.seq];
    }
  }
}
