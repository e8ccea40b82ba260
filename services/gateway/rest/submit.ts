import type { Command } from "#shared/domain/command.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import { ApiError, ERROR_OF_REASON } from "#shared/protocol/errors.ts";
import { rejectionOf } from "#shared/read-model/order-result.ts";
import type { OrderEntry, Submission, Unsubmitted } from "../order-entry.ts";
import { refusalOfSubmission } from "../refusal-of-submission.ts";

/** Orders that wait in the outbox. */
export type Queued = Extract<Unsubmitted, { readonly error: "queued" }>;

/**
 * Sends a command and gives its outcome if it took effect. Throws `ApiError` otherwise: the engine's refusal, IDEMPOTENCY_KEY_REUSED where the id stood
 * for a command of another kind, and what {@link outcomeOf} throws.
 */
export async function submit(entry: OrderEntry, commandId: CommandId, command: Command): Promise<Outcome> {
  return effectOf(await outcomeOf(entry, commandId, command), command);
}

/** As {@link submit}, of what places orders: they may have to wait in the outbox. */
export async function submitOrQueue(
  entry: OrderEntry,
  commandId: CommandId,
  command: Command,
): Promise<{ readonly outcome: Outcome } | Queued> {
  const submission = await entry.submit(commandId, command);
  if (!submission.ok && submission.error === "queued") return submission;
  return { outcome: effectOf(outcomeIn(submission), command) };
}

function effectOf(outcome: Outcome, command: Command): Outcome {
  const rejection = rejectionOf(outcome);
  if (rejection === undefined) return outcome;
  if (rejection.command !== command.kind) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
  throw new ApiError(ERROR_OF_REASON[rejection.reason]);
}

/**
 * Sends a command and gives its outcome, refused or not. Throws what `refusalOfSubmission` says, and STATUS_UNKNOWN for a command that met another
 * branch: it is forwarded under the same id.
 */
export async function outcomeOf(entry: OrderEntry, commandId: CommandId, command: Command): Promise<Outcome> {
  return outcomeIn(await entry.submit(commandId, command));
}

function outcomeIn(submission: Submission): Outcome {
  if (!submission.ok) throw refusalOfSubmission(submission);
  const { outcome } = submission;
  if (outcome.events.some(({ kind }) => kind === "Misdirected")) throw new ApiError("STATUS_UNKNOWN");
  return outcome;
}
