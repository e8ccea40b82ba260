import type { ForkFill } from "#shared/domain/command.ts";
import type { Outcome, Trade } from "#shared/domain/event.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import { holds, INVARIANTS } from "./finding.ts";

/**
 * Counted again from the tape, without the code that gave the verdicts: of what a fork traded between two orders at a price, as much is confirmed as the lineage traded so,
 * and not a lot more or less.
 */
export function expectVerdicts(
  outcomes: readonly Outcome[],
  reconciliations: Iterable<Reconciliation>,
): void {
  const trades = outcomes.flatMap(({ seq, events }) =>
    events.filter((event) => event.kind === "Trade").map((trade) => ({ seq, trade })),
  );
  for (const { id, endedSeq, fills } of reconciliations) {
    const shown = new Map<string, { provisional: number; confirmed: number }>();
    for (const fill of fills) {
      const known = shown.get(keyOf(fill)) ?? { provisional: 0, confirmed: 0 };
      known.provisional += fill.quantity;
      known.confirmed += fill.confirmed;
      shown.set(keyOf(fill), known);
      holds(
        fill.confirmed >= 0 && fill.conflicted >= 0 && fill.confirmed + fill.conflicted === fill.quantity,
        INVARIANTS.reconciled,
        () => `${id}: the parts of a fill are not the whole: ${JSON.stringify(fill)}`,
      );
    }
    const stood = new Map<string, number>();
    for (const { seq, trade } of trades)
      if (seq <= endedSeq && shown.has(keyOf(trade)))
        stood.set(keyOf(trade), (stood.get(keyOf(trade)) ?? 0) + trade.quantity);
    for (const [key, { provisional, confirmed }] of shown) {
      const expected = Math.min(provisional, stood.get(key) ?? 0);
      holds(
        confirmed === expected,
        INVARIANTS.reconciled,
        () => `${id}: of ${key} ${confirmed} lots are called confirmed, but ${expected} stand`,
      );
    }
  }
}

function keyOf({ market, makerOrderId, takerOrderId, price }: ForkFill | Trade): string {
  return `${market}, maker ${makerOrderId}, taker ${takerOrderId}, at ${price}`;
}
