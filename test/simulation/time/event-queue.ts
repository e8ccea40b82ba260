/** Something that will happen at a time of the simulation. */
export interface QueuedEvent {
  /** Simulated ms since the start. */
  readonly at: number;
  /** Events of one time happen in the order in which they were scheduled. */
  readonly order: number;
  /** `undefined` once it was canceled. */
  task: (() => void) | undefined;
}

/** What is to happen, the earliest first: a binary heap by (time, order). */
export class EventQueue {
  readonly #heap: QueuedEvent[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  add(at: number, task: () => void): QueuedEvent {
    const event: QueuedEvent = { at, order: this.#order++, task };
    const heap = this.#heap;
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = heap[parentPlace];
      if (parent === undefined || isBefore(parent, event)) break;
      heap[place] = parent;
      place = parentPlace;
    }
    heap[place] = event;
    return event;
  }

  /** The next event; canceled ones are dropped from the front. */
  peek(): QueuedEvent | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.task !== undefined) return first;
      this.#removeFirst();
    }
  }

  /** Takes the next event out. */
  take(): QueuedEvent | undefined {
    const first = this.peek();
    if (first !== undefined) this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    const length = heap.length;
    if (last === undefined || length === 0) return;
    let place = 0;
    for (;;) {
      let childPlace = 2 * place + 1;
      let child = heap[childPlace];
      if (child === undefined) break;
      const right = heap[childPlace + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childPlace++;
      }
      if (isBefore(last, child)) break;
      heap[place] = child;
      place = childPlace;
    }
    heap[place] = last;
  }
}

function isBefore(a: QueuedEvent, b: QueuedEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
