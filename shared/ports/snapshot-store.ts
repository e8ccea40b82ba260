import type { Seq, ShardId } from "#shared/domain/ids.ts";

/** Snapshots of a shard's state. Reading checks nothing: whoever restores compares the digest. */
export interface SnapshotStore {
  save(snapshot: Snapshot): Promise<void>;
  /** The newest first; at most the last three are kept. */
  list(shard: ShardId): Promise<readonly Snapshot[]>;
  close(): Promise<void>;
}

export interface Snapshot {
  readonly shard: ShardId;
  readonly seq: Seq;
  /** The log position of the last command in it. */
  readonly position: number;
  /** `digestOf` the bytes, 16 hex digits. */
  readonly digest: string;
  readonly bytes: Uint8Array;
}
