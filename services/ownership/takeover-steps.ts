import type { BranchId, RegionId, Seq } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { HeldCopy } from "#shared/protocol/link.ts";

/**
 * What a takeover needs of the Region that does it: its copies of logs, its fold, its own log. Every step may be done again, by the same Region or another,
 * whether or not the one before came to its end.
 */
export interface TakeoverSteps {
  /**
   * Asks a Region, perhaps the own one, to follow this epoch and those before no further: it stores and reports nothing more of them. Answers, once that is
   * durable, what it holds of each Region's own log, its own among them; `undefined` if no answer came.
   */
  fence(region: RegionId, epoch: number): Promise<readonly HeldCopy[] | undefined>;
  /** The highest epoch that the own Region has promised to follow no further. */
  fencedEpoch(): number;
  /** The position up to which the own Region holds a Region's own log durably. */
  held(origin: RegionId): number;
  /** Copies what is missing here of `origin`'s own log up to a position from what `from` holds of it. True once it is durable. */
  copyThrough(from: RegionId, origin: RegionId, through: number): Promise<boolean>;
  /** Asks a Region to hold `origin`'s own log up to a position, from here. True once it says that this is durable. */
  holdThrough(region: RegionId, origin: RegionId, through: number): Promise<boolean>;
  /**
   * Folds the lineage as the record has it, its last span through the record at `position` of its owner's log (nothing of it if that is its `start`), and tells
   * the state behind that. Stops before a fork that the owner opened in its log: from there on nothing in it is canonical in this epoch. `undefined` if that
   * cannot be reached.
   */
  foldThrough(record: OwnershipRecord, position: number): Promise<Cut | undefined>;
  /** A branch id of this Region that was never used. */
  mintBranch(): BranchId;
  /** Appends *BranchStarted* (not provisional) to the own log and tells its position; `undefined` if it is not known to be there. */
  startBranch(started: BranchToStart): Promise<number | undefined>;
  /** The end of the lineage's last branch, if the own fold has come to an *EpochEnded* in it. */
  epochEnd(): EpochEnd | undefined;
}

/** The state at which a branch ends and the next begins. */
export interface Cut {
  /** Of the state there: an older one than the last span's, where nobody holds even its first record. It is the parent of the next. */
  readonly branch: BranchId;
  readonly seq: Seq;
  /** "" if nothing was ever folded. */
  readonly digest: string;
}

export interface BranchToStart {
  readonly branch: BranchId;
  readonly parent: BranchId;
  readonly parentSeq: Seq;
  readonly epoch: number;
}

/** Where the own fold stands, behind an *EpochEnded*. What follows it in its log changes nothing any more. */
export interface EpochEnd extends Cut {
  readonly epoch: number;
  readonly successor: RegionId;
  /** The watermark that the owner told covers `seq`. */
  readonly isFinal: boolean;
}
