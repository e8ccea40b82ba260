import type { ShardId } from "#shared/domain/ids.ts";
import type { BusHandler } from "#shared/ports/event-bus.ts";
import type { TablesOnDemand } from "./tables-on-demand.ts";

/**
 * The projector as a consumer of the bus. A message says that the journal has something for the tables, and how far it is final; the rows come from the journal, which has every event once and in order. So it does not matter which
 * message comes first, twice, or to which of two functions.
 */
export function projectorHandler(tablesOf: (shard: ShardId) => TablesOnDemand): BusHandler {
  return async (deliveries) => {
    const finalSeqs = new Map<ShardId, number>();
    for (const { message } of deliveries) {
      const { shard, seq, isFinal } = message;
      finalSeqs.set(shard, Math.max(finalSeqs.get(shard) ?? 0, isFinal ? seq : 0));
    }
    for (const [shard, finalSeq] of finalSeqs) await tablesOf(shard).catchUp(finalSeq);
    return { failed: [] };
  };
}
