import type { ViewUpdate } from "../views/region-view.ts";

/** The newest updates of the view, by seq without a gap: what a reconnecting client missed is usually here. */
export class RecentUpdates {
  readonly #capacity: number;
  readonly #updates: (ViewUpdate | undefined)[];
  #last: number;
  #count = 0;

  /** `seq`: the last one folded before the first update comes. */
  constructor(capacity: number, seq: number) {
    this.#capacity = capacity;
    this.#updates = new Array(capacity);
    this.#last = seq;
  }

  /** The lowest seq held; one beyond the last when empty. */
  get firstSeq(): number {
    return this.#last - this.#count + 1;
  }

  get lastSeq(): number {
    return this.#last;
  }

  add(update: ViewUpdate): void {
    const { seq } = update.outcome;
    this.#updates[seq % this.#capacity] = update;
    this.#last = seq;
    this.#count = Math.min(this.#count + 1, this.#capacity);
  }

  /** The branch of a seq that is held. */
  branchAt(seq: number): string | undefined {
    const update = this.#updates[seq % this.#capacity];
    return seq >= this.firstSeq && update?.outcome.seq === seq ? update.outcome.branch : undefined;
  }

  /** Forgets what the tape took back. */
  rewind(toSeq: number): void {
    const taken = Math.max(0, this.#last - toSeq);
    this.#count = Math.max(0, this.#count - taken);
    this.#last = toSeq;
  }

  /** Every update from a seq on, which must be held or come next. */
  *from(seq: number): Generator<ViewUpdate> {
    for (let at = seq; at <= this.#last; at++) {
      const update = this.#updates[at % this.#capacity];
      if (update?.outcome.seq === at) yield update;
    }
  }
}
