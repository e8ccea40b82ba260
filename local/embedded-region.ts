import { join } from "node:path";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { type EmbeddedBackendOptions, embeddedBackend } from "./backend/embedded-backend.ts";
import { type RegionOptions, type RunningRegion, startRegion } from "./start-region.ts";

export type EmbeddedRegionOptions = Omit<RegionOptions, "openBackend" | "eventsFolder"> &
  Omit<EmbeddedBackendOptions, "clock">;

/** One Region in this process, on files of a data folder. Throws `StorageError` and `PortInUse`; nothing is left open then. */
export function startEmbeddedRegion(options: EmbeddedRegionOptions): Promise<RunningRegion> {
  return startRegion({
    ...options,
    openBackend: embeddedBackend({ ...options, clock: systemClock() }),
    eventsFolder: join(options.dataFolder, "events"),
  });
}
