import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";

/** How often it is looked whether a throttle is another by now. */
const LOOK_MS = 50;

/** Lets journals take no more than so many outcomes a second, each by itself, as a store does whose throughput is used up. */
export class JournalThrottle {
  readonly #clock: Clock;
  #perSecond: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `undefined`: as fast as they can. What waits by then goes on at once. */
  set(perSecond: number | undefined): void {
    this.#perSecond = perSecond;
  }

  /** The same journal, whose appends wait their turn. */
  wrap(journal: Journal): Journal {
    return {
      append: async (outcomes) => {
        await this.#take(outcomes.length);
        await journal.append(outcomes);
      },
      read: (after, limit) => journal.read(after, limit),
      subscribe: (after, onOutcomes, onRewind) => journal.subscribe(after, onOutcomes, onRewind),
      rewind: (toSeq) => journal.rewind(toSeq),
      readSuperseded: (branch, after, limit) => journal.readSuperseded(branch, after, limit),
      branches: () => journal.branches(),
      lastSeq: () => journal.lastSeq(),
      firstSeq: () => journal.firstSeq(),
      close: () => journal.close(),
    };
  }

  /** Resolves when so many outcomes may be written. */
  async #take(count: number): Promise<void> {
    const since = this.#clock.monotonic();
    for (;;) {
      if (this.#perSecond === undefined) return;
      const left = since + (count * 1000) / this.#perSecond - this.#clock.monotonic();
      if (left <= 0) return;
      await new Promise<void>((resolve) => this.#clock.schedule(Math.min(left, LOOK_MS), resolve));
    }
  }
}
