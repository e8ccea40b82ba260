import type { BalanceCheck } from "#services/ledger/check-balances.ts";
import type { Seq, ShardId } from "#shared/domain/ids.ts";
import type { Backlog } from "#shared/ports/event-bus.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
import type { ReplayFacts, SnapshotFacts } from "#shared/ports/task-requests.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import type { TapeDigest } from "#shared/protocol/link.ts";

/** What of one Region operators look at and act on. What takes long is bounded by its implementation: it throws `UnderWay` where it goes on longer than its caller can wait. */
export interface OperatedPlatform {
  readonly shards: readonly ShardId[];
  /** Queues of the event bus; none where the Region has no bus. */
  readonly queues: readonly Consumer[];
  backlog(queue: Consumer): Promise<Backlog>;
  /** Brings at most `limit` dead messages back, the oldest first; how many came. */
  redrive(queue: Consumer, limit: number): Promise<number>;
  /** What waits of each shard: commands in the outbox, outcomes for the journal. */
  waiting(): Promise<readonly ShardWaiting[]>;
  /** The newest first. */
  snapshots(shard: ShardId): Promise<readonly Snapshot[]>;
  /** Saves the state as it is now. Throws `NotNow`. */
  takeSnapshot(shard: ShardId): Promise<SnapshotFacts>;
  /** How far this Region has folded. */
  foldedSeq(shard: ShardId): number;
  /** What this Region's fold came to at seqs that every replica notes, the oldest first. */
  digests(shard: ShardId): Promise<readonly TapeDigest[]>;
  /** What it came to at a place of the lineage, folded again from the newest snapshot before it; `undefined` where the Region does not hold that. */
  digestAt(shard: ShardId, seq: Seq): Promise<TapeDigest | undefined>;
  /** Folds the log from its beginning, or from the oldest snapshot where the log no longer reaches back so far, and compares it with the state that is shown. Throws `NotNow`. */
  replay(shard: ShardId): Promise<ReplayFacts>;
  /** Makes orders, trades and candles of a shard anew from the journal while they are read. Throws `NotNow`. */
  rebuildProjections(shard: ShardId): Promise<RebuildResult>;
  /** Holds the ledger against the engine as it is now, each shard. Throws `NotNow` where the ledger has not heard of everything in time. */
  checkLedger(): Promise<readonly BalanceCheck[]>;
}

export interface ShardWaiting {
  readonly shard: ShardId;
  readonly outbox: { readonly waiting: number; readonly oldestMs?: number };
  readonly journal: { readonly waiting: number; readonly oldestMs?: number };
}

export interface RebuildResult {
  /** Where the tables stood when they were put in place. */
  readonly seq: number;
}

/** A task is at it, and goes on; the message ends the sentence "This is still being done: …". Who asks for the same again hears how it ended. */
export class UnderWay extends OperatingError {
  override readonly name = "UnderWay";
}

/** It cannot be done as things are; the message ends the sentence "This cannot be done now: …". */
export class NotNow extends OperatingError {
  override readonly name = "NotNow";
}
