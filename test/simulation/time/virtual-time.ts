import { drainMicrotasks } from "./drain-microtasks.ts";
import { EventQueue, type QueuedEvent } from "./event-queue.ts";

/** The time of a simulation: it stands still while something happens, and jumps from one event to the next. */
export class VirtualTime {
  readonly #queue = new EventQueue();
  #now = 0;
  #steps = 0;
  #hash = 0x811c9dc5;

  /** Simulated ms since the start; not whole. */
  get now(): number {
    return this.#now;
  }

  /** How many events have happened. */
  get steps(): number {
    return this.#steps;
  }

  /** Of the times and orders of all events so far: two runs that differ in anything soon differ in this. */
  get hash(): number {
    return this.#hash >>> 0;
  }

  /** How many events wait, canceled ones included. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Runs `task` after `delayMs`, at once (but not now) for 0 or less. */
  schedule(delayMs: number, task: () => void): QueuedEvent {
    return this.#queue.add(this.#now + Math.max(0, delayMs), task);
  }

  /** Mixes a number that something produced into the hash. */
  mix(value: number): void {
    this.#hash = Math.imul(this.#hash ^ value, 0x01000193) ^ (this.#hash >>> 15);
  }

  /** Lets the next event happen, and all that promises do because of it. False when there is none. */
  step(): boolean {
    const event = this.#queue.take();
    if (event === undefined) return false;
    this.#now = event.at;
    this.#steps++;
    this.mix(event.order);
    this.mix(Math.floor(event.at * 1000));
    event.task?.();
    drainMicrotasks();
    return true;
  }

  /** The time of the next event; `undefined` when there is none. */
  nextAt(): number | undefined {
    return this.#queue.peek()?.at;
  }
}
