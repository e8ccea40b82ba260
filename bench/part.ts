/** What a part of the benchmark found: rows for results/*.json, and the same as a table for people. */
export interface PartResult {
  readonly title: string;
  readonly rows: readonly object[];
  readonly table: string;
}

export interface PartOptions {
  /** Measured runs; results are their medians. */
  readonly runs: number;
  /** Length of a run of the load parts. */
  readonly seconds: number;
  readonly say: (line: string) => void;
}
