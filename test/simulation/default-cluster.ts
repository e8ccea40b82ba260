import { startSingleRegion } from "./regions/single-region.ts";
import type { SeedOptions } from "./run-seed.ts";

/** The cluster that `npm run simulate` and the tests run. */
export const DEFAULT_CLUSTER: Pick<SeedOptions, "regions" | "shards" | "startRegion"> = {
  regions: 1,
  shards: 1,
  startRegion: startSingleRegion,
};
