import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { TapePlan } from "#shared/domain/lineage.ts";
import { isSameData } from "#shared/domain/same-data.ts";
import type { CommandLog, LogRecord, Subscription } from "#shared/ports/command-log.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import { segmentsOf, type TapeSegment } from "./tape-plan.ts";

export interface TapeSources {
  readonly shard: ShardId;
  readonly self: RegionId;
  /** The Region's own log of the shard. */
  readonly log: CommandLog;
  /** Its copies of the other Regions' logs. */
  readonly copies: LogCopies;
}

/** The next record of a shard's tape, with its name. */
export interface TapeRecord {
  readonly branch: BranchId;
  readonly seq: Seq;
  /** In the log of the branch's Region. */
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** What a Region folds of a shard: a plan that may change at any time, and the logs that hold its records. */
export class Tape {
  readonly shard: ShardId;
  readonly self: RegionId;
  readonly #sources: TapeSources;
  readonly #listeners = new Set<() => void>();
  #plan: TapePlan;
  #segments: readonly TapeSegment[];

  constructor(sources: TapeSources, plan: TapePlan) {
    this.shard = sources.shard;
    this.self = sources.self;
    this.#sources = sources;
    this.#plan = plan;
    this.#segments = segmentsOf(plan, sources.self);
  }

  get plan(): TapePlan {
    return this.#plan;
  }

  /** Another array for another plan: who keeps it can tell that the plan has changed. */
  get segments(): readonly TapeSegment[] {
    return this.#segments;
  }

  /** The branch that the tape ends in, if this Region writes it: where its commands go. */
  get ownBranch(): BranchId | undefined {
    const last = this.#segments.at(-1);
    return last?.origin === this.self ? last.branch : undefined;
  }

  /** From now on this is followed. */
  setPlan(plan: TapePlan): void {
    const segments = segmentsOf(plan, this.self);
    this.#plan = plan;
    if (isSameData(segments, this.#segments)) return;
    this.#segments = segments;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Called after the segments have changed. */
  onChange(listener: () => void): Subscription {
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }

  /** Records of a segment's log after a position. */
  read({ origin }: TapeSegment, after: number, limit: number): Promise<readonly LogRecord[]> {
    const { shard, self, log, copies } = this.#sources;
    return origin === self ? log.read(after, limit) : copies.read(shard, origin, after, limit);
  }

  /** As `CommandLog.subscribe`, of a segment's log. */
  subscribe(
    { origin }: TapeSegment,
    after: number,
    onRecords: (records: readonly LogRecord[]) => void | Promise<void>,
  ): Subscription {
    const { shard, self, log, copies } = this.#sources;
    if (origin === self) return log.subscribe(after, onRecords);
    return copies.subscribe(shard, origin, after, onRecords);
  }

  /** The last position held of a segment's log. */
  lastPosition({ origin }: TapeSegment): number {
    const { shard, self, log, copies } = this.#sources;
    return origin === self ? log.lastPosition() : copies.lastPosition(shard, origin);
  }
}
