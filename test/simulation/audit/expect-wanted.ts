import type { Event, OrderAccepted, Outcome, Trade } from "#shared/domain/event.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import { holds, INVARIANTS } from "./finding.ts";
import type { TapeArchive } from "./tape-archive.ts";

/** Only a client's command brings these about. */
const OF_CLIENTS: ReadonlySet<Event["kind"]> = new Set<Event["kind"]>([
  "OrderAccepted",
  "OrderAmended",
  "Deposited",
  "Withdrawn",
  "TransferredOut",
]);

/** What stands on a tape was asked for by some client under this id. */
export function expectAsked(
  { shard, seq, commandId, events }: Outcome,
  isKnown: (commandId: CommandId) => boolean,
): void {
  const effect = events.find(({ kind }) => OF_CLIENTS.has(kind));
  if (effect === undefined) return;
  const [first] = events;
  const id = first?.kind === "ForkCommandReplayed" ? first.commandId : commandId;
  holds(
    id !== "" && isKnown(id),
    INVARIANTS.once,
    () => `${shard} ${seq}: ${effect.kind} under ${id}, which no client ever sent`,
  );
}

/** What a fork did enters the lineage in its order and once each, and nothing after the end of it; what is merged or skipped does nothing but say so, and what its order ids stand for. */
export function expectForksInTurn(shard: string, outcomes: readonly Outcome[]): void {
  const cursors = new Map<string, number>();
  for (const { seq, events } of outcomes) {
    for (const event of events) {
      if (event.kind !== "ForkCommandReplayed" && event.kind !== "ForkReplayDone") continue;
      const { fork, n } = event;
      holds(
        event.kind === "ForkReplayDone" || event.result === "replayed" || events.every(isWord),
        INVARIANTS.once,
        () =>
          `${shard} ${seq}: command ${n} of ${fork} did something all the same: ${JSON.stringify(events)}`,
      );
      const cursor = cursors.get(fork) ?? 0;
      holds(
        n === cursor + 1,
        INVARIANTS.reconciled,
        () => `${shard} ${seq}: command ${n} of ${fork} behind command ${cursor}`,
      );
      const isOver = event.kind === "ForkReplayDone" && event.last;
      cursors.set(fork, isOver ? Number.POSITIVE_INFINITY : n);
    }
  }
}

function isWord({ kind }: Event): boolean {
  return kind === "ForkCommandReplayed" || kind === "OrdersMerged";
}

/**
 * No trades that nobody wanted (architecture, section 5): an order that would not have waited in its fork trades in the replay no more than it did there, and at no worse a
 * price. What it did there is known from what the fork published.
 */
export function expectWantedReplays(archive: TapeArchive, outcomes: readonly Outcome[]): void {
  for (const { seq, events } of outcomes) {
    const [first] = events;
    if (first?.kind !== "ForkCommandReplayed" || first.result !== "replayed") continue;
    const shown = archive.branch(first.fork).outcomes.values();
    const there = [...shown].find(({ outcome }) => outcome.commandId === first.commandId)?.outcome.events;
    const order = there?.find((event) => event.kind === "OrderAccepted" && event.orderId === first.orderId);
    if (there === undefined || order?.kind !== "OrderAccepted" || !isImmediate(order)) continue;
    const provisional = tradesOf(there, order);
    const now = tradesOf(events, order);
    const prices = provisional.map(({ price }) => price);
    const worst = order.side === "BUY" ? Math.max(...prices) : Math.min(...prices);
    const isWorse = ({ price }: Trade) => (order.side === "BUY" ? price > worst : price < worst);
    holds(
      sum(now) <= sum(provisional) && !now.some(isWorse),
      INVARIANTS.reconciled,
      () =>
        `${archive.shard} ${seq}: order ${order.orderId} had ${JSON.stringify(provisional)} in its fork, and trades ${JSON.stringify(now)}`,
    );
  }
}

function isImmediate({ type, timeInForce }: OrderAccepted): boolean {
  return type === "MARKET" || (type === "LIMIT" && (timeInForce === "IOC" || timeInForce === "FOK"));
}

function tradesOf(events: readonly Event[], { orderId }: OrderAccepted): Trade[] {
  return events.filter((event) => event.kind === "Trade" && event.takerOrderId === orderId) as Trade[];
}

function sum(trades: readonly Trade[]): number {
  return trades.reduce((all, { quantity }) => all + quantity, 0);
}
