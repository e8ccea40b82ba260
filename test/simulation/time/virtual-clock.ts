import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Life } from "#test/simulation/process/life.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What the wall clocks of the simulation show at its start, epoch ms. */
export const EPOCH = 1_700_000_000_000;

/** The clocks of a machine: they outlive its processes. The wall clock may be wrong, jump and be wrong at another pace than true time. */
export class MachineClock {
  readonly #time: VirtualTime;
  readonly #monotonicStart: number;
  #wallOffset: number;
  /** Local ms in a true ms, of both clocks and of timers. */
  readonly #rate: number;

  constructor(
    time: VirtualTime,
    options: { readonly wallOffsetMs: number; readonly monotonicStart: number; readonly rate: number },
  ) {
    this.#time = time;
    this.#wallOffset = options.wallOffsetMs;
    this.#monotonicStart = options.monotonicStart;
    this.#rate = options.rate;
  }

  get now(): number {
    return Math.floor(EPOCH + this.#wallOffset + this.#time.now * this.#rate);
  }

  get monotonic(): number {
    return this.#monotonicStart + this.#time.now * this.#rate;
  }

  get rate(): number {
    return this.#rate;
  }

  /** The wall clock is set forward or back. */
  jump(byMs: number): void {
    this.#wallOffset += byMs;
  }
}

/** The clock port of one process on a machine. */
export function virtualClock(machine: MachineClock, life: Life): Clock {
  return {
    now: () => machine.now,
    monotonic: () => machine.monotonic,
    schedule: (delayMs, task): Timer => life.later(delayMs / machine.rate, task),
  };
}
