import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { LineageSpan, OwnershipRecord, Watermark } from "#shared/domain/lineage.ts";
import type { AcceptAnswer, AcceptorMemory, Ballot, PrepareAnswer } from "#shared/ports/acceptor.ts";
import type { AppendAnswer, LogRecord } from "#shared/ports/command-log.ts";

/** What Regions ask each other. Requests are repeatable: whatever is asked twice has its effect once. */
export interface LinkProtocol {
  readonly "acceptor.read": {
    readonly request: { readonly shard: ShardId };
    readonly answer: AcceptorMemory;
  };
  readonly "acceptor.prepare": {
    readonly request: { readonly shard: ShardId; readonly ballot: Ballot };
    readonly answer: PrepareAnswer;
  };
  readonly "acceptor.accept": {
    readonly request: { readonly shard: ShardId; readonly ballot: Ballot; readonly value: OwnershipRecord };
    readonly answer: AcceptAnswer;
  };
  /** Appends encoded commands to the asked Region's own log, in order; results stop at the first that was not appended. */
  readonly "log.append": {
    readonly request: { readonly shard: ShardId; readonly commands: readonly Uint8Array[] };
    readonly answer: { readonly results: readonly AppendAnswer[] };
  };
  /** Records of the asked Region's own log after a position, at most `limit`, which may be none; waits up to `waitMs` for the first. Carries what the asker holds durably. */
  readonly "log.read": {
    readonly request: LogReadRequest;
    readonly answer: LogReadAnswer;
  };
  /** Follow an epoch no further; answers what is held, once that is durable. */
  readonly "replica.fence": {
    readonly request: { readonly shard: ShardId; readonly epoch: number };
    readonly answer: { readonly held: readonly HeldCopy[] };
  };
  /** Raw records of a third Region's log, as the asked one holds them; also its own. */
  readonly "replica.read": {
    readonly request: {
      readonly shard: ShardId;
      readonly origin: RegionId;
      readonly after: number;
      readonly limit: number;
    };
    readonly answer: { readonly records: readonly LogRecord[] };
  };
  /** Reigns behind an epoch, as far as the asked Region knows them, the oldest first: those that the register's record has dropped. */
  readonly "replica.lineage": {
    readonly request: { readonly shard: ShardId; readonly after: number; readonly limit: number };
    readonly answer: { readonly spans: readonly LineageSpan[] };
  };
  /** Hold a Region's log up to a position, copying what is missing from the asking Region; answers what is held, once that is durable. */
  readonly "replica.hold": {
    readonly request: { readonly shard: ShardId; readonly origin: RegionId; readonly through: number };
    readonly answer: { readonly position: number };
  };
  /** The planned move: the asked Region's candidate takes the shard over as soon as it has folded the end of the epoch. */
  readonly "ownership.promote": {
    readonly request: { readonly shard: ShardId; readonly epoch: number };
    readonly answer: { readonly ok: boolean };
  };
  /** These traces are kept: what the asked Region holds of them is wanted. */
  readonly "trace.kept": {
    readonly request: { readonly traceIds: readonly string[] };
    readonly answer: { readonly ok: true };
  };
  readonly "region.status": {
    readonly request: RegionStatus;
    readonly answer: RegionStatus;
  };
}

export interface LogReadRequest {
  readonly shard: ShardId;
  readonly after: number;
  readonly limit: number;
  readonly waitMs: number;
  /** The epoch that the asker follows in this log, and the position up to which it holds the log durably. */
  readonly epoch: number;
  readonly held: number;
  readonly digests: readonly TapeDigest[];
}

export interface LogReadAnswer {
  readonly records: readonly LogRecord[];
  readonly last: number;
  /** What is final, as the owner knows it; `undefined` from a Region that does not own the shard. */
  readonly watermark: Watermark | undefined;
  /** For how long the asked Region itself has said nothing, where its records came another way; an answer of its own says nothing of this. */
  readonly silenceMs?: number;
}

export interface HeldCopy {
  readonly origin: RegionId;
  readonly position: number;
}

/** The state's digest behind a seq of a branch: equal everywhere, or the tape has diverged. */
export interface TapeDigest {
  readonly branch: BranchId;
  readonly seq: Seq;
  readonly digest: string;
}

export interface RegionStatus {
  readonly region: RegionId;
  readonly shards: readonly {
    readonly shard: ShardId;
    readonly branch: BranchId;
    readonly seq: Seq;
    readonly provisional: boolean;
    /** The age of its oldest outcome that is not in the journal there, ms. */
    readonly unjournaledMs: number;
  }[];
}
