import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, Seq } from "#shared/domain/ids.ts";
import type { Subscription } from "./command-log.ts";

/**
 * The archive of a shard's outcomes as its tape has them: dense by seq, over all branches. What the tape took back is kept beside it, under its
 * branch.
 */
export interface Journal {
  /**
   * Appends outcomes durably, whatever their branch; outcomes whose seq is held are skipped (written twice = written once). The first may have any
   * seq. Throws on a gap, and nothing of the batch is appended then.
   */
  append(outcomes: readonly Outcome[]): Promise<void>;
  /** Outcomes with seq > `after`, in order, at most `limit`. */
  read(after: number, limit: number): Promise<readonly Outcome[]>;
  /**
   * Every outcome after `after`, in order, without gap or repetition, until canceled. When the tape goes back behind what a subscriber was given,
   * `onRewind` is called before anything else follows, and then what stands after `toSeq`.
   */
  subscribe(
    after: number,
    onOutcomes: (outcomes: readonly Outcome[]) => void | Promise<void>,
    onRewind?: (toSeq: Seq) => void | Promise<void>,
  ): Subscription;
  /** Takes back durably what is beyond `toSeq`: superseded, it stays readable under its branch. Nothing is beyond: nothing happens. */
  rewind(toSeq: number): Promise<void>;
  /** What was taken back of a branch, with seq > `after`, in order, at most `limit`. */
  readSuperseded(branch: BranchId, after: number, limit: number): Promise<readonly Outcome[]>;
  /** Which branch each seq that is held belongs to, by rising seq. */
  branches(): readonly BranchRun[];
  /** The highest seq held; 0 when empty. */
  lastSeq(): number;
  /** The lowest seq held; 0 when empty. */
  firstSeq(): number;
  close(): Promise<void>;
}

/** Seqs of one branch that follow each other on a tape, both inclusive. */
export interface BranchRun {
  readonly branch: BranchId;
  readonly firstSeq: Seq;
  readonly lastSeq: Seq;
}
