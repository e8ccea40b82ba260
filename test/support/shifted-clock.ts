import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { Clock } from "#shared/ports/clock.ts";

/** The real clock, whose wall time a test may move forward; timers stay real. */
export interface ShiftedClock extends Clock {
  advance(ms: number): void;
}

export function shiftedClock(): ShiftedClock {
  const clock = systemClock();
  let shift = 0;
  return {
    now: () => clock.now() + shift,
    monotonic: () => clock.monotonic() + shift,
    schedule: (delayMs, task) => clock.schedule(delayMs, task),
    advance: (ms) => {
      shift += ms;
    },
  };
}
