/** The middle of some numbers; of an even count the lower middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest of some numbers that is at least as great as `percent` % of them; 0 of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
