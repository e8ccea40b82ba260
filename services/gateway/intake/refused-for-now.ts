import type { CommandKind } from "#shared/domain/command.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { IntakeView } from "./intake-view.ts";

const NEW_ORDERS: ReadonlySet<CommandKind> = new Set<CommandKind>([
  "PlaceOrder",
  "PlaceOrderList",
  "ReplaceOrder",
]);

/**
 * True for a refusal of new orders that a fork gave, or an owner that is not sure of its lease, behind what is final. What was taken provisionally and is undone is told to its owner; a refusal that is
 * undone is not, for it leaves nothing behind that could be replayed: another copy of the command, which came to another Region, is simply done. So it is no answer yet (docs/regions.md).
 */
export function isRefusedForNow(
  { seq, events }: Outcome,
  { provisionalAfter }: Pick<IntakeView, "provisionalAfter">,
): boolean {
  const [event] = events;
  if (provisionalAfter === undefined || seq <= provisionalAfter) return false;
  return event?.kind === "CommandRejected" && NEW_ORDERS.has(event.command);
}
