import type { Clock, Timer } from "#shared/ports/clock.ts";

/** Does something again and again, an interval after the time before began; first after one interval. */
export function every(clock: Clock, intervalMs: number, task: () => void): Timer {
  let timer: Timer;
  const again = () => {
    timer = clock.schedule(intervalMs, () => {
      again();
      task();
    });
  };
  again();
  return { cancel: () => timer.cancel() };
}
