import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { TapeDigest } from "#shared/protocol/link.ts";
import type { Subscription } from "./command-log.ts";

/** What became of a planned move. `unreachable`: the register or one of the two Regions. `refused`: no such move, for the shard is on another way. */
export type PromotionOutcome = "done" | "unreachable" | "refused";

/** What a task can be asked for of a shard that it works on, as JSON: what is said with it, and what it answers. */
export interface TaskWork {
  /** Of the task that publishes the shard. */
  promote: { readonly asked: { readonly to: RegionId }; readonly answer: PromotionOutcome };
  takeSnapshot: { readonly asked: object; readonly answer: SnapshotFacts };
  digests: { readonly asked: object; readonly answer: { readonly live: readonly TapeDigest[] } };
  digestAt: { readonly asked: { readonly seq: Seq }; readonly answer: TapeDigest | null };
  replay: { readonly asked: object; readonly answer: ReplayFacts };
  /** Of the task `reconciliation`. */
  rebuildProjections: { readonly asked: object; readonly answer: { readonly seq: number } };
}

export type TaskWorkKind = keyof TaskWork;

/** A snapshot as people are told of it. */
export interface SnapshotFacts {
  readonly branch: BranchId;
  readonly seq: Seq;
  /** `digestOf` its bytes. */
  readonly digest: string;
  /** How many. */
  readonly bytes: number;
}

/** A log that was folded once more, and the state that it was held against. */
export interface ReplayFacts {
  readonly branch: BranchId;
  /** From where it was folded: 0 for the log's beginning, else the seq of a snapshot. */
  readonly from: number;
  readonly seq: Seq;
  /** Of the state that the running fold had there, and of the one that the log gives. */
  readonly kept: string;
  readonly replayed: string;
  readonly agrees: boolean;
}

/** What a task says to what it was asked for; `refused` with what it waits for, which ends the sentence "This cannot be done now: …". */
export type TaskAnswer<T> =
  | { readonly outcome: "done"; readonly answer: T }
  | { readonly outcome: "refused"; readonly why: string };

/**
 * What who asks hears. `under-way`: a task is at it, and whoever asks for the same again hears how it ended. `unanswered`: nobody has begun, and nobody will; or somebody asked for another thing of the
 * kind, and its answer has gone to nobody.
 */
export type TaskReply<T> = TaskAnswer<T> | { readonly outcome: "under-way" | "unanswered" };

/** What a task does of one kind for a shard. */
export type TaskHandlers = {
  readonly [K in TaskWorkKind]?: (
    shard: ShardId,
    asked: TaskWork[K]["asked"],
  ) => Promise<TaskAnswer<TaskWork[K]["answer"]>>;
};

/** Work that any task of a Region may ask for, and only the one that has the fold or the tables can do. */
export interface TaskRequests {
  /** Asks, and waits so long at most; ms. */
  ask<K extends TaskWorkKind>(
    kind: K,
    shard: ShardId,
    asked: TaskWork[K]["asked"],
    withinMs: number,
  ): Promise<TaskReply<TaskWork[K]["answer"]>>;
  /**
   * Once it resolves, does what is asked for from then on of these shards: of each kind one after the other, the kinds side by side. What was asked for before is answered as ended without an answer: whoever was at it is gone.
   */
  serve(shards: readonly ShardId[], handlers: TaskHandlers): Promise<Subscription>;
}
