import type { Command } from "#shared/domain/command.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId, OrderId, ShardId } from "#shared/domain/ids.ts";
import type { OrderListRow, OrderRow } from "#shared/ports/projections.ts";

/** The gateway's way into the exchange: one command in, its outcome out. */
export interface OrderEntry {
  /** The next order id of this gateway; never repeats, also after a crash. */
  mintOrderId(): OrderId;
  /** Hash of the account and its idempotency key (architecture, section 5, "Once"). */
  commandIdOf(account: number, idempotencyKey: string): CommandId;
  /** An id for a command that carries no idempotency key of its own. */
  freshCommandId(account: number): CommandId;
  /**
   * Brings the command to its shard's log (durable) and waits for its outcome. A repeated command id gives the first outcome.
   * Never throws for operating errors.
   *
   * @param shard of a command that is about no market; otherwise the market's
   */
  submit(commandId: CommandId, command: Command, shard?: ShardId): Promise<Submission>;
}

export type Submission =
  | {
      readonly ok: true;
      readonly outcome: Outcome;
      /** True when the id had been folded before: `outcome` is the first one's. */
      readonly repeated: boolean;
    }
  | Unsubmitted;

/** Why there is no outcome. */
export type Unsubmitted =
  /** `overloaded`: refused before it reached the log. `unknown`: it may yet happen; retry with the same id (-1007). */
  | { readonly ok: false; readonly error: "overloaded" | "unknown" }
  /** The owner cannot be reached: the orders stand in the outbox, durably, and are sent when it can. Also of orders that ended there before. */
  | {
      readonly ok: false;
      readonly error: "queued";
      readonly orders: readonly OrderRow[];
      readonly list: OrderListRow | undefined;
    }
  /** The shard's journal lags: no new orders for now. */
  | { readonly ok: false; readonly error: "backpressure"; readonly retryAfterSeconds: number }
  /**
   * Nothing was taken. `not-in-fork`: irreversible, and the Region is cut off from the majority. `unreachable`: the owner cannot be reached, and this is
   * nothing that waits for it. `outbox-full`: so many wait already.
   */
  | { readonly ok: false; readonly error: "not-in-fork" | "unreachable" | "outbox-full" };
