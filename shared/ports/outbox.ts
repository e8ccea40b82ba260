import type { CommandEnvelope } from "#shared/domain/command.ts";
import type { AccountId, CommandId, ShardId } from "#shared/domain/ids.ts";

/**
 * Commands of clients that wait for their shard's owner to be reached. The store only keeps them: bounds, retries and ends are the gateway's
 * (services/gateway/intake).
 */
export interface Outbox {
  /** Adds entries or replaces those of the same command ids, which keep their places: all of them or none, durable when it resolves. */
  put(entries: readonly OutboxEntry[]): Promise<void>;
  /** Forgets entries; ids that are not there are passed over. Durable when it resolves. */
  remove(commandIds: readonly CommandId[]): Promise<void>;
  /** Every entry, in the order in which they were first put. */
  entries(): Promise<readonly OutboxEntry[]>;
  close(): Promise<void>;
}

export const OUTBOX_STATES = [
  /** Never sent: it can be taken back here. */
  "queued",
  /** Sent at least once, with an outcome that is not known: only its shard can tell. */
  "sent",
  /** Taken back by its client, or its validity ran out, before it was sent; kept for a while for who asks. */
  "canceled",
  "expired",
] as const;
export type OutboxState = (typeof OUTBOX_STATES)[number];

export interface OutboxEntry {
  readonly shard: ShardId;
  readonly account: AccountId;
  readonly state: OutboxState;
  /** Epoch ms by the gateway's clock: when it was first put, and when its state changed last. */
  readonly queuedAt: number;
  readonly changedAt: number;
  /** Its branch is that of the time when it was put: it is sent for the branch of the time when it is sent. */
  readonly envelope: CommandEnvelope;
}
