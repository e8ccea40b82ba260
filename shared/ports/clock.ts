/** Time comes in through this port, so that a simulator can own it. */
export interface Clock {
  /** Wall clock, epoch ms. May jump; never used to judge leases or durations. */
  now(): number;
  /** Monotonic ms from an arbitrary start: for durations. */
  monotonic(): number;
  /** Runs `task` once after `delayMs`. */
  schedule(delayMs: number, task: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}
