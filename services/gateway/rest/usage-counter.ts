/** Counts use per key in windows that start with a key's first use. In memory here, in Redis where several gateways count together. */
export interface UsageCounter {
  /** Adds to what the key has used in its window (a negative amount gives some back) and tells how it stands. */
  add(key: string, amount: number): Promise<Usage>;
}

export interface Usage {
  readonly used: number;
  /** Until the window ends. */
  readonly remainingMs: number;
}

/** Makes a counter with windows of so many seconds. */
export type MakeUsageCounter = (windowSeconds: number) => UsageCounter;
