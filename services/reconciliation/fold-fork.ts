import { decodeOrNull } from "#services/matching/decode-or-null.ts";
import type { Command, CommandEnvelope, ReplayableCommand } from "#shared/domain/command.ts";
import type { Engine } from "#shared/domain/engine.ts";
import type { Event } from "#shared/domain/event.ts";
import type { BranchId, CommandId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { FoldedFork, ForkEntry } from "./fork-record.ts";

/** More commands than this in one fork are a programming error somewhere: intake into a fork is bounded long before. */
const MAX_ENTRIES = 10_000_000;

/**
 * Folds the records of a fork onto the state where it left the lineage, up to its seal. What it lists for the replay is what took effect there: a command that the fork refused stays so, however
 * often it was sent; one that it took and that was sent again is in the list again, for what its order ids stand for; ticks and administration of the fork are its own.
 */
export function foldFork(engine: Engine, fork: BranchId, records: Iterable<Uint8Array>): FoldedFork {
  const before = engine.state();
  const entries: ForkEntry[] = [];
  const refused = new Set<CommandId>();
  for (const bytes of records) {
    const envelope = decodeOrNull(bytes);
    const events = engine.apply(envelope);
    if (envelope === null || envelope.branch !== fork || !isReplayable(envelope)) continue;
    const { commandId } = envelope;
    if (!tookEffect(events)) {
      if (events[0]?.kind === "CommandRejected") refused.add(commandId);
      continue;
    }
    if (events[0]?.kind === "CommandRepeated" && refused.has(commandId)) continue;
    entries.push({ envelope, events });
    assert(entries.length <= MAX_ENTRIES, `the fork ${fork} has a bounded number of commands`);
  }
  return { fork, before, after: engine.state(), entries };
}

const REPLAYABLE: ReadonlySet<Command["kind"]> = new Set<ReplayableCommand["kind"]>([
  "PlaceOrder",
  "PlaceOrderList",
  "CancelOrder",
  "CancelOrderList",
  "ReplaceOrder",
  "CancelAllOrders",
  "AmendOrder",
  "Deposit",
  "Withdraw",
  "TransferOut",
  "TransferIn",
  "TransferSettled",
]);

function isReplayable(
  envelope: CommandEnvelope,
): envelope is CommandEnvelope & { readonly command: ReplayableCommand } {
  return REPLAYABLE.has(envelope.command.kind);
}

/** A replacement is refused in part: what it canceled stays canceled, so it took effect. What is sent again names orders. */
function tookEffect(events: readonly Event[]): boolean {
  return events.some(
    ({ kind }) => kind !== "Misdirected" && kind !== "CommandRepeated" && kind !== "CommandRejected",
  );
}
