import { startWholeRegion } from "./regions/whole-region.ts";
import type { SeedOptions } from "./run-seed.ts";

/** The cluster that `npm run simulate` and the tests run. */
export const DEFAULT_CLUSTER: Pick<SeedOptions, "regions" | "shards" | "startRegion"> = {
  regions: 3,
  shards: 2,
  startRegion: startWholeRegion,
};
