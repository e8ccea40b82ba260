import { tradesOf } from "#services/reconciliation/fork-record.ts";
import type { CanonicalPast } from "#services/reconciliation/reconciliation-folder.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId, OrderId } from "#shared/domain/ids.ts";
import { ownCommandId } from "#shared/read-model/own-command-id.ts";

/** The past of a tape, from the tape itself: the simulator keeps no tables. */
export function pastOf(tape: () => Promise<readonly Outcome[]>): CanonicalPast {
  return {
    outcomeAt: async (wanted) => (await tape()).find(({ seq }) => seq === wanted),
    standingIdOf: async (_kind, merged) => {
      const all = await tape();
      for (const { events } of all) {
        for (const event of events) {
          const name =
            event.kind === "OrdersMerged"
              ? event.orders.find(({ orderId }) => orderId === merged)
              : undefined;
          if (event.kind === "OrdersMerged" && name !== undefined)
            return acceptedIn(all, event.commandId, name.clientOrderId);
        }
      }
      return undefined;
    },
    tradesOf: async (takers, through) => {
      if (takers.length === 0) return [];
      const wanted = new Set(takers.map(({ market, orderId }) => `${market} ${orderId}`));
      const before = (await tape()).filter(({ seq }) => seq <= through);
      return before
        .flatMap(({ events }) => tradesOf(events))
        .filter(({ market, takerOrderId }) => wanted.has(`${market} ${takerOrderId}`));
    },
  };
}

/** The order of a command and of a client order id. */
function acceptedIn(
  tape: readonly Outcome[],
  commandId: CommandId,
  clientOrderId: string,
): OrderId | undefined {
  for (const outcome of tape) {
    if (ownCommandId(outcome) !== commandId) continue;
    for (const event of outcome.events) {
      if (event.kind === "OrderAccepted" && event.clientOrderId === clientOrderId) return event.orderId;
    }
  }
  return undefined;
}
