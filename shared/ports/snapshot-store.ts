import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";

/** Snapshots of a shard's state along its tape. Reading checks nothing: whoever restores compares the digest. */
export interface SnapshotStore {
  /**
   * Keeps the last three, and the newest at or before `finalSeq`: the tape never goes back behind what is final, so whoever goes back finds
   * one to start from.
   */
  save(snapshot: Snapshot, finalSeq: number): Promise<void>;
  /** The newest (by seq) first. */
  list(shard: ShardId): Promise<readonly Snapshot[]>;
  /** Forgets those after `toSeq`: the tape went back. */
  rewind(shard: ShardId, toSeq: number): Promise<void>;
  close(): Promise<void>;
}

export interface Snapshot {
  readonly shard: ShardId;
  /** The branch of the last command in it. */
  readonly branch: BranchId;
  readonly seq: Seq;
  /** The position of the last command in it, in the log of the branch's Region. */
  readonly position: number;
  /** `digestOf` the bytes, 16 hex digits. */
  readonly digest: string;
  readonly bytes: Uint8Array;
}
