import type { Event, Outcome } from "#shared/domain/event.ts";
import type { MarketId } from "#shared/domain/ids.ts";
import { holds, INVARIANTS } from "./finding.ts";

/** Nobody can take these back (architecture, section 5, "Nothing irreversible in a fork"). */
const IRREVERSIBLE: ReadonlySet<Event["kind"]> = new Set<Event["kind"]>([
  "Deposited",
  "Withdrawn",
  "TransferredOut",
  "TransferredIn",
]);

/**
 * In a fork nothing irreversible happens, and a market that halts takes no order and trades nothing. Nor is anything refused there because of it: what must not enter a fork waits or is turned away
 * before it stands in a log, for a refusal would be told to a client whose command is to wait.
 */
export function expectForkAllowed(
  { shard, branch, seq, events }: Outcome,
  halting: ReadonlySet<MarketId>,
): void {
  const unwanted = events.find(
    (event) =>
      IRREVERSIBLE.has(event.kind) ||
      ((event.kind === "OrderAccepted" || event.kind === "Trade") && halting.has(event.market)) ||
      (event.kind === "CommandRejected" && event.reason === "market-halts-in-fork"),
  );
  holds(
    unwanted === undefined,
    INVARIANTS.partition,
    () => `${shard} ${seq} of the fork ${branch}: ${JSON.stringify(unwanted)}`,
  );
}
