import { tradesOf } from "#services/reconciliation/fork-record.ts";
import type { CanonicalPast } from "#services/reconciliation/reconciliation-folder.ts";
import type { Outcome } from "#shared/domain/event.ts";

/** The past of a tape, from the tape itself: the simulator keeps no tables. */
export function pastOf(tape: () => Promise<readonly Outcome[]>): CanonicalPast {
  return {
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
