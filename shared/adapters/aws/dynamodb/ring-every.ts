import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";

/** Rings again and again: for those who follow a table whose stream has as many readers as it bears. */
export function ringEvery(clock: Clock, everyMs: number): (ring: () => void) => Subscription {
  return (ring) => {
    let timer: Timer;
    const next = () => {
      timer = clock.schedule(everyMs, () => {
        ring();
        next();
      });
    };
    next();
    return { cancel: () => timer.cancel() };
  };
}
