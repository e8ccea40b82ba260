import type { Event, Outcome } from "#shared/domain/event.ts";
import type { CommandId } from "#shared/domain/ids.ts";

/** What became of a command on a tape. */
export type Fate =
  /** It was folded under its own id. */
  | "folded"
  /** It was folded under its own id, and nothing came of it: its client is told why. */
  | "refused"
  /** It came from a fork and was folded then. */
  | "replayed"
  /** It came from a fork, and the tape had it already. */
  | "merged"
  /** It came from a fork, where it had had no effect worth repeating. */
  | "skipped";

/** The fates of commands on a tape, in the order in which they met them. */
export function fatesOf(tape: readonly Outcome[]): ReadonlyMap<CommandId, readonly Fate[]> {
  const fates = new Map<CommandId, Fate[]>();
  const note = (commandId: CommandId, fate: Fate) => {
    const known = fates.get(commandId);
    if (known === undefined) fates.set(commandId, [fate]);
    else known.push(fate);
  };
  for (const { commandId, events } of tape) {
    const [first] = events;
    if (first?.kind === "ForkCommandReplayed") {
      // What is taken off a list may be taken off it again: it finds nothing there, and says nothing more.
      const isNothing = first.command === "TransferSettled" && events.length === 1;
      note(first.commandId, isNothing && first.result === "replayed" ? "merged" : first.result);
    } else if (commandId !== "" && !isWithoutEffect(first))
      note(commandId, first?.kind === "CommandRejected" ? "refused" : "folded");
  }
  return fates;
}

/** It was seen before, or was meant for another branch, or came out of turn, or found nothing to do. */
export function isWithoutEffect(first: Event | undefined): boolean {
  switch (first?.kind) {
    case undefined:
    case "CommandRepeated":
    case "Misdirected":
    case "Undecodable":
    case "ForkCommandIgnored":
      return true;
    default:
      return false;
  }
}
