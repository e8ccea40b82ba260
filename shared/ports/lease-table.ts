/**
 * Records that say who holds what, changed by compare-and-set. Nobody compares clocks: a holder raises `beat` while it lives, and whoever has seen the same
 * beat for as long as a lease lasts, by its own monotonic clock, may take it.
 */
export interface LeaseTable {
  read(name: string): Promise<LeaseRecord | undefined>;
  /** Writes `next` if the record is still `expected`. False if it is another one. An error leaves open whether it was written. */
  swap(name: string, expected: LeaseRecord | undefined, next: LeaseRecord): Promise<boolean>;
  close(): Promise<void>;
}

export interface LeaseRecord {
  /** Who holds it; empty when it was given back. */
  readonly holder: string;
  /** Rises with every write. */
  readonly beat: number;
}
