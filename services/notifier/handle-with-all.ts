import type { BusHandler } from "#shared/ports/event-bus.ts";

/** One consumer that does several things with each batch: what any of them did not do comes again, to all of them. */
export function handleWithAll(...handlers: readonly BusHandler[]): BusHandler {
  return async (deliveries) => {
    const results = await Promise.all(handlers.map((handle) => handle(deliveries)));
    return { failed: [...new Set(results.flatMap(({ failed }) => failed))] };
  };
}
