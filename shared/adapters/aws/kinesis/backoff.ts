import type { Random } from "#shared/ports/random.ts";

const BASE_MS = 20;
const MAX_MS = 1000;

/** How long to wait before the next try after so many failures in a row (1, 2, …): a uniform draw below a bound that doubles, so that many who failed together do not come back together. */
export function backoffMs(failures: number, random: Random): number {
  const bound = Math.min(MAX_MS, BASE_MS * 2 ** Math.min(failures - 1, 10));
  return 1 + random.below(bound);
}
