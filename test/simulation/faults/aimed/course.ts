import type { Subscription } from "#shared/ports/command-log.ts";
import type { VirtualTime } from "#test/simulation/time/virtual-time.ts";

/** A fault of several steps: they are taken while it goes on, and what they did is taken back when it ends, if not before. */
export class Course {
  readonly #time: VirtualTime;
  readonly #undo = new Set<() => void>();
  #isOver = false;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** The next step, after a while; at 0, behind what happens just now. */
  later(delayMs: number, step: () => void): void {
    this.#time.schedule(delayMs, () => {
      if (!this.#isOver) step();
    });
  }

  /** Again and again with this pause, until it ends. */
  every(pauseMs: () => number, step: () => void): void {
    step();
    this.later(pauseMs(), () => this.every(pauseMs, step));
  }

  /** Takes something back after a while, or when the course ends, or when what it gives is called: once. */
  undoAfter(delayMs: number, undo: () => void): () => void {
    const once = this.#once(undo);
    this.later(delayMs, once);
    return once;
  }

  /** Listens until the course ends. */
  hold(subscription: Subscription): void {
    this.#once(() => subscription.cancel());
  }

  end(): void {
    this.#isOver = true;
    for (const undo of [...this.#undo]) undo();
  }

  #once(undo: () => void): () => void {
    const once = () => {
      if (this.#undo.delete(once)) undo();
    };
    this.#undo.add(once);
    return once;
  }
}
