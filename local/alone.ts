import { DEFAULT_TIMING } from "#services/region/timing.ts";
import { createSoloLink } from "#shared/adapters/embedded/solo-link.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import type { ShardsDependencies } from "./start-shards.ts";

/** A Region that makes up the whole installation: the same register, with one acceptor, and nobody to differ from. */
export function alone(
  region: string,
): Pick<ShardsDependencies, "regions" | "link" | "timing" | "onDivergence"> {
  const self = region as RegionId;
  return { regions: [self], link: createSoloLink(self), timing: DEFAULT_TIMING, onDivergence: () => {} };
}
