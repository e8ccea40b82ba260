import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId } from "#shared/domain/ids.ts";

/** The id of the client's command that an outcome is of: what was replayed of a fork keeps the one that it had there. "" for bytes that did not decode. */
export function ownCommandId({ commandId, events }: Outcome): CommandId | "" {
  const [first] = events;
  return first?.kind === "ForkCommandReplayed" ? first.commandId : commandId;
}
