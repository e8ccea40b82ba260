import { parseTraceparent } from "#shared/domain/trace-context.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { BusHandler } from "#shared/ports/event-bus.ts";
import type { Tracing } from "./tracing.ts";

/** A consumer of the bus that tells what it did in the traces that its messages carry. */
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
      for (const { message, receives } of deliveries) {
        const context = parseTraceparent(message.traceparent);
        if (context === undefined) continue;
        tracing.record(stage, context, begin, {
          attributes: {
            "meridian.event": message.event.kind,
            "meridian.shard": message.shard,
            "meridian.seq": message.seq,
            "meridian.receives": receives,
          },
          keep: failed(message.name) ? "error" : undefined,
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
