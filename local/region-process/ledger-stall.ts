import type { BusHandler } from "#shared/ports/event-bus.ts";

/** Lets the ledger stand still, as a database does that takes connections and answers nothing: what the bus has for it waits. */
export class LedgerStall {
  #going = Promise.withResolvers<void>();
  #isStalled = false;

  /** `false`: what waits goes on at once. */
  set(isStalled: boolean): void {
    if (isStalled === this.#isStalled) return;
    this.#isStalled = isStalled;
    this.#going.resolve();
    this.#going = Promise.withResolvers();
  }

  /** The same handler, which begins nothing while it is stalled. */
  wrap(handle: BusHandler): BusHandler {
    return async (deliveries) => {
      while (this.#isStalled) await this.#going.promise;
      return handle(deliveries);
    };
  }
}
