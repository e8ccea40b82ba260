/** Durable counters of a node: what `take` returned is never returned again, also after a crash. */
export interface Counters {
  /** Reserves `count` consecutive numbers of the named counter and returns the first; counters start at 1. Durable when it returns. */
  take(name: string, count: number): number;
}
