import type { Clock } from "#shared/ports/clock.ts";

/** A clock that stands still until a test moves it. Its wall time is 0. */
export interface ManualClock extends Clock {
  /** Runs what falls due, in order. */
  advance(ms: number): void;
}

export function manualClock(): ManualClock {
  let time = 0;
  let tasks: { readonly at: number; readonly task: () => void }[] = [];
  return {
    now: () => 0,
    monotonic: () => time,
    schedule: (delayMs, task) => {
      const entry = { at: time + delayMs, task };
      tasks.push(entry);
      return {
        cancel: () => {
          tasks = tasks.filter((one) => one !== entry);
        },
      };
    },
    advance: (ms) => {
      const end = time + ms;
      for (;;) {
        const [next] = tasks.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        tasks = tasks.filter((one) => one !== next);
        time = Math.max(time, next.at);
        next.task();
      }
      time = end;
    },
  };
}
