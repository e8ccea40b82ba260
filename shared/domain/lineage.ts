import type { BranchId, RegionId, Seq, ShardId } from "./ids.ts";

/** Where every shard begins: no Region's branch, epoch 0, nothing folded. */
export const ROOT_BRANCH = "root.0" as BranchId;

/** A reign: the part of one Region's log that is canonical for a shard. It ends where the next span begins. */
export interface LineageSpan {
  /** 1, 2, 3… */
  readonly epoch: number;
  readonly branch: BranchId;
  readonly owner: RegionId;
  /** The last canonical seq before this span: where the span before was cut. */
  readonly parentSeq: Seq;
  /** The position in the owner's own log after which the branch's records stand; each record takes one seq. */
  readonly start: number;
  /** Digest of the state at `parentSeq`; "" for the first span. */
  readonly cutDigest: string;
}

/** What the ownership register holds for a shard. */
export interface OwnershipRecord {
  readonly shard: ShardId;
  /** By rising epoch, at most {@link MAX_SPANS}; the last is the reign of today. */
  readonly lineage: readonly LineageSpan[];
  /** How long the owner may rely on one renewal. */
  readonly leaseMs: number;
  /** Grows with every renewal of the lease. */
  readonly renewal: number;
}

/** The register drops older spans from the front. A Region that was away for more reigns asks the others for what is missing. */
export const MAX_SPANS = 64;
/** So many a Region keeps of those that it has known, and gives to one that has not. */
export const MAX_KNOWN_SPANS = 1024;

/** A branch outside the lineage that a Region follows while it cannot do better. */
export interface ForkSpan {
  readonly branch: BranchId;
  readonly parent: BranchId;
  readonly parentSeq: Seq;
  /** In the Region's own log. */
  readonly start: number;
}

/** What a Region folds and publishes of a shard: the lineage, and at its end perhaps a fork of its own. */
export interface TapePlan {
  readonly shard: ShardId;
  readonly lineage: readonly LineageSpan[];
  readonly fork: ForkSpan | undefined;
}

/** How far a fold has come on a tape. */
export interface TapePlace {
  readonly branch: BranchId;
  readonly seq: Seq;
  /** Of the last record folded, in the log of the branch's Region; the span's `start` before the first. */
  readonly position: number;
}

/** An order of two states of a shard's lineage: the higher epoch, then the higher seq, is the longer. */
export interface Watermark {
  readonly epoch: number;
  readonly branch: BranchId;
  readonly seq: Seq;
}

/** True if `a` says more than `b`: a later epoch, or more of the same. */
export function isBeyond(a: Watermark, b: Watermark | undefined): boolean {
  return b === undefined || a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq);
}
