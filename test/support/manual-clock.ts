import type { Clock } from "#shared/ports/clock.ts";

/** Time that stands still until a test moves it; timers run when it passes them, in order. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function manualClock(start = 1_700_000_000_000): ManualClock {
  let elapsed = 0;
  let count = 0;
  const timers = new Map<number, { readonly at: number; readonly task: () => void }>();
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    schedule: (delayMs, task) => {
      const id = ++count;
      timers.set(id, { at: elapsed + delayMs, task });
      return { cancel: () => timers.delete(id) };
    },
    advance: (ms) => {
      const end = elapsed + ms;
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
        const [next] = due;
        if (next === undefined) break;
        const [id, { at, task }] = next;
        timers.delete(id);
        elapsed = Math.max(elapsed, at);
        task();
      }
      elapsed = end;
    },
  };
}
