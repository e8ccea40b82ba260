interface Entry {
  readonly date: number;
  readonly orderId: number;
}

/** The dates of GTD orders, the earliest first: a binary heap. Entries of orders that ended earlier stay until their date comes. */
export class GoodTillDates {
  readonly #heap: Entry[] = [];

  /** The earliest date; Infinity for none. */
  get earliest(): number {
    return this.#heap[0]?.date ?? Number.POSITIVE_INFINITY;
  }

  add(date: number, orderId: number): void {
    const heap = this.#heap;
    const entry = { date, orderId };
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!isBefore(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  /** Takes the earliest entry out: by date, then order id. */
  take(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++;
      const below = heap[child] as Entry;
      if (!isBefore(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.date < b.date || (a.date === b.date && a.orderId < b.orderId);
}
