import type { VirtualTime } from "#test/simulation/time/virtual-time.ts";

/**
 * One life of a process, from its start to its crash. All that comes to it from outside (timers, disks, messages) comes through this, so a dead
 * process does nothing more: its promises never settle.
 */
export class Life {
  readonly name: string;
  readonly #time: VirtualTime;
  readonly #onEnd: (() => void)[] = [];
  #isOver = false;

  constructor(name: string, time: VirtualTime) {
    this.name = name;
    this.#time = time;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Runs `task` after `delayMs`, if the process still lives then. */
  later(delayMs: number, task: () => void): { cancel(): void } {
    const event = this.#time.schedule(delayMs, () => {
      if (!this.#isOver) task();
    });
    return {
      cancel: () => {
        event.task = undefined;
      },
    };
  }

  /** A promise of what `read` gives after `delayMs`; never settles in a dead process. */
  after<T>(delayMs: number, read: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.later(delayMs, () => {
        try {
          resolve(read());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** What the surroundings do when it ends; in order. */
  onEnd(task: () => void): void {
    this.#onEnd.push(task);
  }

  /** The process is gone, at whatever await it stood. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const task of this.#onEnd) task();
  }
}
