import type { OrderId, ShardId } from "#shared/domain/ids.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";

/** What a Region remembers of the forks that were replayed, and how far its own logs are settled. */
export interface ReconciliationStore {
  /** The position in the Region's own log of the shard before which nothing is left to do; 0 at the start. */
  bookmark(shard: ShardId): number;
  /** Durable. Throws where it would go back. */
  setBookmark(shard: ShardId, position: number): Promise<void>;
  /** The seq of the shard up to which reconciliations were written; 0 at the start. It may go back, where the tape does. */
  recordedThrough(shard: ShardId): number;
  setRecordedThrough(shard: ShardId, seq: number): Promise<void>;
  /** Writes a reconciliation durably; one with the same id is replaced, with all that was said of it. */
  put(reconciliation: Reconciliation): Promise<void>;
  get(id: string): Promise<Reconciliation | undefined>;
  /** The newest first, by when they were first put, at most `limit`; with an account only those that touched it, with a state only those that are in it, with an id in `before` only those that were first put before that one: none where it is not known. */
  list(query: ReconciliationQuery): Promise<readonly Reconciliation[]>;
  /** Whether fills of an order were busted, and whether what puts that right is final; `undefined` for an order without any. */
  conflictOf(orderId: OrderId): Promise<OrderConflict | undefined>;
  close(): Promise<void>;
}

export interface OrderConflict {
  readonly isCompensated: boolean;
}

export interface ReconciliationQuery {
  readonly account?: number;
  readonly state?: Reconciliation["state"];
  readonly before?: string | undefined;
  readonly limit: number;
}
