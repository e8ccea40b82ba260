import type { Clock } from "#shared/ports/clock.ts";
import type { Log } from "./log.ts";

/** Says of something that others wait for how long each step of it took: one line a step, from now on. */
export function stepLog(log: Log, clock: Clock, event: string): (step: string) => void {
  const beganAt = clock.monotonic();
  let since = beganAt;
  return (step) => {
    const now = clock.monotonic();
    log.info({ step, stepMs: Math.round(now - since), elapsedMs: Math.round(now - beganAt) }, event);
    since = now;
  };
}
