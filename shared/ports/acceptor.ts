import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";

/** Ballots are ordered by counter, then by Region. */
export interface Ballot {
  readonly counter: number;
  readonly region: RegionId;
}

/** One Region's memory of the ownership register (CASPaxos). What it answers is durable first; whatever is asked twice is answered as once. */
export interface Acceptor {
  /** What it has promised and accepted so far. Promises nothing, so it disturbs no proposer. */
  read(shard: ShardId): Promise<AcceptorMemory>;
  /** Promises to refuse lower ballots, and tells what it accepted last; or the higher ballot that it has promised. */
  prepare(shard: ShardId, ballot: Ballot): Promise<PrepareAnswer>;
  /** Accepts a value unless a higher ballot was promised. */
  accept(shard: ShardId, ballot: Ballot, value: OwnershipRecord): Promise<AcceptAnswer>;
  close(): Promise<void>;
}

/** What an acceptor remembers of a shard. */
export interface AcceptorMemory {
  /** The highest ballot that it was asked about: lower ones are refused. */
  readonly promised: Ballot | undefined;
  readonly accepted: AcceptedValue | undefined;
}

export type PrepareAnswer =
  | { readonly ok: true; readonly accepted: AcceptedValue | undefined }
  | { readonly ok: false; readonly promised: Ballot };

export interface AcceptedValue {
  readonly ballot: Ballot;
  readonly value: OwnershipRecord;
}

export type AcceptAnswer = { readonly ok: true } | { readonly ok: false; readonly promised: Ballot };
