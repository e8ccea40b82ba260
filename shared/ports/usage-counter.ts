/** Counts use per key in windows that start with a key's first use: in memory, or over Redis where several gateways count together. */
export interface UsageCounter {
  /** Adds to what the key has used in its window (a negative amount gives some back) and tells how it stands, as far as it is known here. */
  add(key: string, amount: number): Promise<Usage>;
}

export interface Usage {
  readonly used: number;
  /** Until the window ends. */
  readonly remainingMs: number;
}

/** Makes a counter with windows of so many seconds. Counters of one name count together, wherever they are made, if they can. */
export type MakeUsageCounter = (name: string, windowSeconds: number) => UsageCounter;
