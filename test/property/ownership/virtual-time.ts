import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock, Timer } from "#shared/ports/clock.ts";

interface Task {
  readonly at: number;
  readonly run: () => void;
}

/** Time that passes only when it is told to: tasks run in the order of their moments, those of one moment in the order in which they were scheduled. */
export class VirtualTime {
  now = 0;
  readonly #tasks: Task[] = [];

  schedule(delayMs: number, run: () => void): Timer {
    const task = { at: this.now + Math.max(0, delayMs), run };
    let low = 0;
    let high = this.#tasks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#tasks[middle]?.at ?? 0) <= task.at) low = middle + 1;
      else high = middle;
    }
    this.#tasks.splice(low, 0, task);
    return {
      cancel: () => {
        const at = this.#tasks.indexOf(task);
        if (at >= 0) this.#tasks.splice(at, 1);
      },
    };
  }

  /** Lets time pass until a moment, or until `isDone`. Every task's promises settle before the next task. */
  async runUntil(at: number, isDone: () => boolean = () => false): Promise<void> {
    await nextTurn();
    while (!isDone()) {
      const task = this.#tasks[0];
      if (task === undefined || task.at > at) break;
      this.#tasks.shift();
      this.now = task.at;
      task.run();
      await nextTurn();
    }
    if (!isDone()) this.now = at;
  }
}

/** One life of a process: what it scheduled, sent or waits for comes to nothing once it is dead. */
export class Life {
  isAlive = true;
}

/** The clock of a process; its monotonic time runs at a rate of its own, from a start of its own. */
export function clockOf(time: VirtualTime, life: Life, rate = 1, start = 0): Clock {
  return {
    now: () => 1_700_000_000_000 + time.now,
    monotonic: () => start + time.now * rate,
    schedule: (delayMs, task) =>
      time.schedule(delayMs / rate, () => {
        if (life.isAlive) task();
      }),
  };
}
