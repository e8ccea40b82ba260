import type { BranchId, RegionId } from "./ids.ts";
import { assert } from "./invariant.ts";

/** The name of a branch in the log of a Region; `counter` is the Region's durable one, from which no number comes twice. */
export function branchName(region: RegionId, counter: number): BranchId {
  assert(Number.isSafeInteger(counter) && counter >= 0, `the counter of a branch of ${region} is an integer`);
  return `${region}.${counter}` as BranchId;
}

/** The Region in whose log a branch lives: a reign in its owner's, a fork in that of the Region that opened it. */
export function regionOfBranch(branch: BranchId): RegionId {
  const end = branch.lastIndexOf(".");
  assert(end > 0, `the branch ${branch} bears the name of its Region`);
  return branch.slice(0, end) as RegionId;
}
