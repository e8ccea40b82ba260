import type { ForkFill } from "#shared/domain/command.ts";
import type { Outcome, Trade } from "#shared/domain/event.ts";
import type { OrderId } from "#shared/domain/ids.ts";
import { ownCommandId } from "#shared/read-model/own-command-id.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import { holds, INVARIANTS } from "./finding.ts";

/**
 * Under which ids orders of forks stand that their clients had also sent another way, by the tape alone: the order that the same command brought, under the same client order id.
 */
function standingIds(outcomes: readonly Outcome[]): ReadonlyMap<OrderId, OrderId> {
  const accepted = new Map<string, OrderId>();
  for (const outcome of outcomes)
    for (const event of outcome.events)
      if (event.kind === "OrderAccepted")
        accepted.set(`${ownCommandId(outcome)} ${event.clientOrderId}`, event.orderId);
  const standing = new Map<OrderId, OrderId>();
  for (const { events } of outcomes)
    for (const event of events) {
      if (event.kind !== "OrdersMerged") continue;
      for (const { orderId, clientOrderId } of event.orders) {
        const known = accepted.get(`${event.commandId} ${clientOrderId}`);
        if (known !== undefined) standing.set(orderId, known);
      }
    }
  return standing;
}

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
  const standing = standingIds(outcomes);
  const standingIn = (fill: ForkFill) => ({
    ...fill,
    makerOrderId: standing.get(fill.makerOrderId) ?? fill.makerOrderId,
    takerOrderId: standing.get(fill.takerOrderId) ?? fill.takerOrderId,
  });
  for (const { id, endedSeq, fills } of reconciliations) {
    const shown = new Map<string, { provisional: number; confirmed: number }>();
    for (const fill of fills) {
      const key = keyOf(standingIn(fill));
      const known = shown.get(key) ?? { provisional: 0, confirmed: 0 };
      known.provisional += fill.quantity;
      known.confirmed += fill.confirmed;
      shown.set(key, known);
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
