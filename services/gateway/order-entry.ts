import type { Command } from "#shared/domain/command.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId, OrderId } from "#shared/domain/ids.ts";

/** The gateway's way into the exchange: one command in, its outcome out. */
export interface OrderEntry {
  /** The next order id of this gateway; never repeats, also after a crash. */
  mintOrderId(): OrderId;
  /** Hash of the account and its idempotency key (architecture, section 5, "Once"). */
  commandIdOf(account: number, idempotencyKey: string): CommandId;
  /** An id for a command that carries no idempotency key of its own. */
  freshCommandId(account: number): CommandId;
  /**
   * Appends the command to its shard's log (durable) and waits for its outcome. A repeated command id gives the first outcome.
   * Never throws for operating errors.
   */
  submit(commandId: CommandId, command: Command): Promise<Submission>;
}

export type Submission =
  | {
      readonly ok: true;
      readonly outcome: Outcome;
      /** True when the id had been folded before: `outcome` is the first one's. */
      readonly repeated: boolean;
    }
  /** `overloaded`: refused before it reached the log. `unknown`: it may yet happen; retry with the same id (-1007). */
  | { readonly ok: false; readonly error: "overloaded" | "unknown" };
