import type { QueuedEvent } from "./event-queue.ts";
import { VirtualTime } from "./virtual-time.ts";

/** Virtual time that runs by itself, an event a turn of Node's loop: for tests that wait as they do for real things. */
export class RunningTime extends VirtualTime {
  override schedule(delayMs: number, task: () => void): QueuedEvent {
    const event = super.schedule(delayMs, task);
    setImmediate(() => this.step());
    return event;
  }
}
