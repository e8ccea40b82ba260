import type { Clock } from "#shared/ports/clock.ts";

/** Resolves after so many ms of the clock. */
export function pause(clock: Clock, delayMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.schedule(delayMs, resolve);
  return promise;
}
