import type { Command } from "#shared/domain/command.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import { ApiError, ERROR_OF_REASON } from "#shared/protocol/errors.ts";
import { rejectionOf } from "#shared/read-model/order-result.ts";
import type { OrderEntry } from "../order-entry.ts";

/** Back to the client after so long when the shard takes no more. */
const RETRY_SECONDS = 1;

/**
 * Sends a command and gives its outcome if it took effect. Throws `ApiError` otherwise: the engine's refusal, IDEMPOTENCY_KEY_REUSED where the id stood
 * for a command of another kind, and what {@link outcomeOf} throws.
 */
export async function submit(entry: OrderEntry, commandId: CommandId, command: Command): Promise<Outcome> {
  const outcome = await outcomeOf(entry, commandId, command);
  const rejection = rejectionOf(outcome);
  if (rejection === undefined) return outcome;
  if (rejection.command !== command.kind) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
  throw new ApiError(ERROR_OF_REASON[rejection.reason]);
}

/**
 * Sends a command and gives its outcome, refused or not. Throws OVERLOADED, and STATUS_UNKNOWN (also for a command that met another branch: it is
 * forwarded under the same id).
 */
export async function outcomeOf(entry: OrderEntry, commandId: CommandId, command: Command): Promise<Outcome> {
  const submission = await entry.submit(commandId, command);
  if (!submission.ok) {
    if (submission.error === "unknown") throw new ApiError("STATUS_UNKNOWN");
    throw new ApiError("OVERLOADED", { retryAfterSeconds: RETRY_SECONDS });
  }
  const { outcome } = submission;
  if (outcome.events.some(({ kind }) => kind === "Misdirected")) throw new ApiError("STATUS_UNKNOWN");
  return outcome;
}
