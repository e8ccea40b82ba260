/** One thing that Meridian can answer instead of success. */
export interface ErrorEntry {
  readonly code: number;
  /** Each `{}` stands for one detail. */
  readonly msg: string;
  /** HTTP status. */
  readonly status: number;
  /** What it means and what to do, for the documentation. */
  readonly meaning: string;
}

export const entry = (code: number, status: number, msg: string, meaning: string): ErrorEntry => ({
  code,
  status,
  msg,
  meaning,
});
