import { parseTraceparent } from "#shared/domain/trace-context.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { BusHandler } from "#shared/ports/event-bus.ts";
import type { Tracing } from "./tracing.ts";

/**
 * A consumer of the bus that tells what it did in the traces that its messages carry: once for the messages of an outcome, which come one after the other and are done with together, and of each that failed.
 */
export function tracedHandler(
  stage: "ledger.post" | "notifier.note",
  handle: BusHandler,
  tracing: Tracing | undefined,
  clock: Clock,
): BusHandler {
  if (tracing?.isOn !== true) return handle;
  return async (deliveries) => {
    const begin = clock.monotonic();
    const record = (failed: (name: string) => boolean) => {
      let told: string | undefined;
      for (const { message, receives } of deliveries) {
        const hasFailed = failed(message.name);
        if (message.traceparent === told && !hasFailed) continue;
        told = message.traceparent;
        const context = parseTraceparent(told);
        if (context === undefined) continue;
        tracing.record(stage, context, begin, {
          attributes: {
            "meridian.event": message.event.kind,
            "meridian.shard": message.shard,
            "meridian.seq": message.seq,
            "meridian.receives": receives,
          },
          keep: hasFailed ? "error" : undefined,
        });
      }
    };
    try {
      const result = await handle(deliveries);
      const failed = new Set<string>(result.failed);
      record((name) => failed.has(name));
      return result;
    } catch (error) {
      record(() => true);
      throw error;
    }
  };
}
