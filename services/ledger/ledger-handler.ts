import type { BatchResult, BusHandler } from "#shared/ports/event-bus.ts";
import { type Ledger, type LedgerBatch, LedgerUnavailable } from "#shared/ports/ledger.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import type { EventName } from "#shared/protocol/bus/event-name.ts";
import { ledgerTransaction } from "./ledger-transactions.ts";

export interface LedgerHandlerDependencies {
  readonly ledger: Pick<Ledger, "record">;
  /** Told of a message that the books refuse: it ends in the dead-letter queue. */
  readonly onRefused: (name: EventName, error: unknown) => void;
  /** Told when the database cannot be reached: the batch comes again. */
  readonly onUnavailable: (error: LedgerUnavailable) => void;
}

/** The ledger as a consumer of the bus: a batch becomes one database transaction. Where the books refuse it, its halves are tried, and theirs, down to the message that is refused: one among a thousand costs twenty transactions, and holds up none of the others. */
export function ledgerHandler({ ledger, onRefused, onUnavailable }: LedgerHandlerDependencies): BusHandler {
  const record = async (messages: readonly BusMessage[]): Promise<readonly EventName[]> => {
    try {
      await ledger.record(ledgerBatch(messages));
      return [];
    } catch (error) {
      if (error instanceof LedgerUnavailable) {
        onUnavailable(error);
        return messages.map(({ name }) => name);
      }
      const [only, second] = messages;
      if (only === undefined) return [];
      if (second === undefined) {
        onRefused(only.name, error);
        return [only.name];
      }
      const half = Math.ceil(messages.length / 2);
      const failed = await record(messages.slice(0, half));
      return [...failed, ...(await record(messages.slice(half)))];
    }
  };
  return async (deliveries): Promise<BatchResult> => ({
    failed: await record(deliveries.map(({ message }) => message)),
  });
}

/** What messages mean for the books. The end of a fork counts once it is final in the lineage. */
export function ledgerBatch(messages: readonly BusMessage[]): LedgerBatch {
  return {
    transactions: messages.flatMap((message) => ledgerTransaction(message) ?? []),
    endedForks: messages.flatMap(({ event, isFinal, shard, time }) =>
      event.kind === "ForkReplayDone" && event.last && isFinal ? [{ shard, fork: event.fork, time }] : [],
    ),
  };
}
